import { atom, type ReadableAtom } from 'nanostores';
import type { Api, RegionEvent, Trip } from '#sdk';
import type { Numbers } from '../../../shared/live/nodes.js';
import { type Alert, alertsOf, silentDrivers } from './alerts.js';

type Sources = {
  api: Api;
  $trips: ReadableAtom<ReadonlyMap<string, Trip>>;
  $events: ReadableAtom<readonly RegionEvent[]>;
  $numbers: ReadableAtom<Numbers>;
  $nodesSeen: ReadableAtom<ReadonlySet<string>>;
  /** returns the service's time, epoch ms */
  now: () => number;
};

const REFRESH_MS = 2_000;
/** Maximum number of silent drivers polled for recovery. With more than that, the cause is not the drivers. */
const MAX_POLLED = 20;

/** Current alerts. A dismissed alert stays hidden until its cause has ended and returned. */
export class AlertStore {
  readonly $current = atom<readonly Alert[]>([]);
  readonly #sources: Sources;
  #dismissed: ReadonlySet<string> = new Set();
  #recovered: ReadonlySet<string> = new Set();

  constructor(sources: Sources) {
    this.#sources = sources;
    for (const store of [sources.$trips, sources.$events, sources.$numbers])
      store.listen(() => this.refresh());
    const poll = async () => {
      if (!document.hidden) await this.#pollSilentDrivers();
      this.refresh();
      setTimeout(poll, REFRESH_MS);
    };
    void poll();
  }

  dismiss(id: string): void {
    this.#dismissed = new Set([...this.#dismissed, id]);
    this.refresh();
  }

  refresh(): void {
    const { $trips, $events, $numbers, $nodesSeen, now } = this.#sources;
    const { nodes } = $numbers.get();
    const all = alertsOf({
      trips: $trips.get().values(),
      events: $events.get(),
      recovered: this.#recovered,
      // Until the first response, no node counts as down.
      nodesSeen: nodes.length === 0 ? new Set() : $nodesSeen.get(),
      nodes,
      now: now(),
    });
    const ids = new Set(all.map(({ id }) => id));
    this.#dismissed = new Set([...this.#dismissed].filter((id) => ids.has(id)));
    this.$current.set(all.filter(({ id }) => !this.#dismissed.has(id)));
  }

  /** The feed reports that a driver fell silent, at most once in ten minutes, but not that it recovered. */
  async #pollSilentDrivers(): Promise<void> {
    const { api, $trips, $events } = this.#sources;
    const silent = silentDrivers($trips.get().values(), $events.get()).slice(0, MAX_POLLED);
    const hasRecovered = await Promise.all(
      silent.map((driverId) =>
        api.driver(driverId).then(
          ({ status }) => status !== 'offline',
          // Without a response, keep the last known state.
          () => this.#recovered.has(driverId),
        ),
      ),
    );
    this.#recovered = new Set(silent.filter((_, i) => hasRecovered[i]));
  }
}
