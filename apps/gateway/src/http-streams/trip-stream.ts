import type { Trip } from '#protocol';
import { TripFollower, type TripSources } from '../trips/trip-follower.js';
import type { EventSink, Stream } from './event-sink.js';

const LOOK_INTERVAL_MS = 10_000;

/** What a client knows: the version of the trip, the time of the position, and when the estimate says it is there. */
type Known = { version: number; t: number; at: number };

/** One trip, as its rider sees it: its changes, its driver's positions, its estimates, its end. */
export class TripStream implements Stream {
  readonly #following: TripFollower;
  readonly #looking: NodeJS.Timeout;
  #known: Known;

  /** @param after the id of what the client got last */
  constructor(
    sources: TripSources,
    tripId: string,
    after: string | null,
    private readonly sink: EventSink,
  ) {
    this.#known = parseKnown(after);
    this.#following = new TripFollower(tripId, sources, {
      trip: (trip) => this.#changed(trip),
      position: (position) => this.#tell('t', position.t, 'position', position),
      gone: (gone) => sink.send('gone', gone),
      eta: (news) => this.#tell('at', news.eta.at, 'eta', news),
      over: ({ state }) => sink.end('end', { reason: state }),
      cut: () => sink.close(),
    });
    this.#looking = setInterval(() => void this.#following.look().catch(() => {}), LOOK_INTERVAL_MS);
  }

  begin(): Promise<void> {
    return this.#following.begin();
  }

  close(): void {
    clearInterval(this.#looking);
    this.#following.close();
  }

  #changed(trip: Trip): void {
    const { eta, version } = trip;
    this.#tell('version', version, 'trip', trip);
    if (eta !== null) this.#tell('at', eta.at, 'eta', { tripId: trip.id, version, eta });
  }

  #tell(what: keyof Known, value: number, event: string, data: object): void {
    // An estimate may say sooner or later than the one before.
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
