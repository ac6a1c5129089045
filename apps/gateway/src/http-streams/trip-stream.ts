import { repeatedly } from '#ops';
import type { Trip, TripStreamEvents } from '#protocol';
import type { Identity } from '#realtime';
import type { TripFollower, TripFollowers } from '../trips/trip-follower.js';
import type { EventSink, Stream } from './event-sink.js';

const REFRESH_INTERVAL_MS = 10_000;

/** State of the client: version of the trip, time of the position, and estimated time of arrival. */
type Known = { version: number; t: number; at: number };

/** Streams one trip as its rider sees it: changes, the driver's positions, estimates and the end. */
export class TripStream implements Stream {
  readonly #follower: TripFollower;
  readonly #refreshing: NodeJS.Timeout;
  #known: Known;

  /** @param after id of the last event that the client received */
  constructor(
    followers: TripFollowers,
    tripId: string,
    private readonly user: Identity,
    after: string | null,
    private readonly sink: EventSink<TripStreamEvents>,
  ) {
    this.#known = parseKnown(after);
    this.#follower = followers.follow(tripId, user, {
      trip: (trip) => this.#changed(trip),
      position: (position) => this.#send('t', position.t, 'position', position),
      gone: (gone) => sink.send('gone', gone),
      eta: (update) => this.#send('at', update.eta.at, 'eta', update),
      ended: ({ state }) => sink.end('end', { reason: state }),
      cut: () => sink.close(),
    });
    this.#refreshing = repeatedly(REFRESH_INTERVAL_MS, () => this.#follower.refresh().catch(() => {}));
  }

  begin(): Promise<void> {
    return this.#follower.begin();
  }

  close(): void {
    clearInterval(this.#refreshing);
    this.#follower.close();
  }

  #changed(trip: Trip): void {
    const { eta, version } = trip;
    // Only the rider sees the PIN.
    const { pin, ...others } = trip;
    this.#send('version', version, 'trip', this.user.role === 'rider' || pin === undefined ? trip : others);
    if (eta !== null) this.#send('at', eta.at, 'eta', { tripId: trip.id, version, eta });
  }

  #send<E extends 'trip' | 'position' | 'eta'>(
    what: keyof Known,
    value: number,
    event: E,
    data: TripStreamEvents[E],
  ): void {
    // An estimate may be earlier or later than the one before; versions and positions only advance.
    if (what === 'at' ? value === this.#known.at : value <= this.#known[what]) return;
    this.#known = { ...this.#known, [what]: value };
    const { version, t, at } = this.#known;
    this.sink.send(event, data, `${version}.${t}.${at}`);
  }
}

function parseKnown(after: string | null): Known {
  const [version = 0, t = 0, at = 0] = /^\d+\.\d+\.\d+$/.test(after ?? '')
    ? after!.split('.').map(Number)
    : [];
  return { version, t, at };
}
