/** Reports of one watcher to the load generator. */
export type Watch = {
  url: string;
  token: string;
  driverId: string;
  tripId: string;
  /** called with the time of each position received, as the driver wrote it */
  received(t: number): void;
  /** called for each HTTP request, a WebSocket handshake included */
  requested(): void;
};

/** Client that follows one driver over one transport, and connects again by itself after a cut. */
export type Watcher = { close(): void };

/** Opens a watcher, which is subscribed when this resolves. */
export type OpenWatcher = (watch: Watch) => Promise<Watcher>;

/** Pause before another attempt, with jitter. */
export const retryMs = (): number => 50 + Math.random() * 100;

/** Extracts the time of a position from JSON without parsing all of it: parsing is the same for each transport. */
export function timesIn(text: string): number[] {
  return [...text.matchAll(/"driverId":"[^"]*","t":(\d+)/g)].map(([, t]) => Number(t));
}
