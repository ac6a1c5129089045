import {
  type DriverPosition,
  type FeedPart,
  type Hello,
  isOpen,
  type NearbyView,
  type NearbyWatch,
  type Status,
  type Trip,
} from '#protocol';
import { failedHere, type HexfleetError, refusedWith } from '../connection/errors.js';
import { type Abortable, eventPromise } from '../util/event-promise.js';
import { openEvents } from './events-source.js';
import { send } from './http.js';
import { openPoll } from './poll-source.js';
import type { FallbackTransport, Source, SourceEvent } from './source.js';

/** Where it is read, and by whom. */
export type HttpFallbackOptions = {
  /** address of the service */
  url: string;
  /** asked for each request */
  token(): Promise<string>;
};

/** What becomes of a {@link HttpFallback}. */
export type HttpFallbackHandlers = {
  /** as it would have come on a socket */
  event(event: string, payload: object, id?: string): void;
  /** the service greets, and events come */
  ready(hello: Hello, transport: FallbackTransport): void;
  /** they come another way */
  changed(transport: FallbackTransport): void;
  /** nothing comes any more: nothing passes, or the service refuses it */
  ended(why: string | HexfleetError): void;
};

/** Something that is read. */
type Stream = {
  path: string;
  /** where it stands */
  after: string | null;
  source: Source;
  event(event: SourceEvent): void;
  refused(error: HexfleetError): void;
};

type TripView = { trip: Trip; position: DriverPosition | null; presence: null };
type Questions = Record<string, (payload: never, options: Abortable) => Promise<object>>;

/**
 * What a socket tells, read over plain HTTP: the feed for as long as it lasts, a trip and the cars nearby when they are
 * watched. As many of the requests of a socket as reading needs are answered, and what a driver sends.
 */
export class HttpFallback {
  #transport: FallbackTransport = 'events';
  readonly #streams = new Map<string, Stream>();
  readonly #questions: Questions = {
    'feed:resume': ({ after }: { after: string | null }, options) =>
      this.#send<FeedPart>('GET', after === null ? 'feed' : `feed?after=${after}`, undefined, options),
    'trip:watch': ({ tripId }: { tripId: string }, options) => this.#watchTrip(tripId, options),
    'nearby:watch': (area: NearbyWatch, options) => this.#watchNearby(area, options),
    'nearby:unwatch': async () => this.#leave('nearby'),
    fixes: (fixes: object, options) => this.#send('POST', 'fixes', fixes, options),
    status: (status: Status, options) => this.#send('PUT', 'status', { status }, options),
  };

  constructor(
    private readonly options: HttpFallbackOptions,
    private readonly hears: HttpFallbackHandlers,
  ) {
    this.#follow('feed', 'feed', {
      event: ({ event, data, id }) => {
        if (event === 'ready') hears.ready(data as Hello, this.#transport);
        else hears.event(event, data, id ?? undefined);
      },
      refused: (error) => hears.ended(error),
    });
  }

  close(): void {
    for (const name of [...this.#streams.keys()]) this.#leave(name);
  }

  /** @throws {HexfleetError} of the refusal, or SOCKET_REQUIRED where a socket is needed */
  async request(event: string, payload: unknown, options: Abortable): Promise<object> {
    const ask = this.#questions[event];
    if (ask === undefined) throw failedHere('SOCKET_REQUIRED');
    return ask(payload as never, options);
  }

  #watchTrip(tripId: string, { signal }: Abortable): Promise<TripView> {
    return eventPromise((resolve, reject) => {
      this.#follow('trip', `trip/${encodeURIComponent(tripId)}`, {
        event: ({ event, data }) => {
          // Its changes and estimates are in the feed, in order.
          if (event === 'trip') this.#answerTrip(data as Trip, resolve, reject);
          else if (event === 'position' || event === 'gone') this.hears.event(event, data);
          else if (event === 'end') this.#leave('trip');
        },
        refused: reject,
      });
      return () => {};
    }, signal);
  }

  #answerTrip(trip: Trip, resolve: (view: TripView) => void, reject: (error: HexfleetError) => void): void {
    if (isOpen(trip.state)) resolve({ trip, position: null, presence: null });
    else reject(refusedWith('TRIP_OVER'));
  }

  #watchNearby({ lat, lng, radiusM }: NearbyWatch, { signal }: Abortable): Promise<NearbyView> {
    return eventPromise((resolve, reject) => {
      let isAnswered = false;
      this.#follow('nearby', `nearby?lat=${lat}&lng=${lng}&radiusM=${radiusM}`, {
        event: ({ event, data }) => {
          if (event !== 'snapshot' || isAnswered) this.hears.event(event, data);
          else resolve({ ...(data as { cars: NearbyView['cars'] }), removedCells: [], delta: false });
          isAnswered = true;
        },
        refused: reject,
      });
      return () => {};
    }, signal);
  }

  /** Reads it instead of what was read under this name before. */
  #follow(name: string, path: string, takes: Pick<Stream, 'event' | 'refused'>): void {
    this.#leave(name);
    const stream: Stream = { path, after: null, source: NONE, ...takes };
    this.#streams.set(name, stream);
    this.#open(stream);
  }

  #leave(name: string): object {
    this.#streams.get(name)?.source.close();
    this.#streams.delete(name);
    return {};
  }

  #open(stream: Stream): void {
    const open = this.#transport === 'events' ? openEvents : openPoll;
    const { url, token } = this.options;
    stream.source = open({ url, token, path: stream.path }, stream.after, {
      event: (event) => {
        stream.after = event.id ?? stream.after;
        stream.event(event);
      },
      refused: (error) => stream.refused(error),
      failed: (reason) => this.#failed(reason),
    });
  }

  #failed(reason: string): void {
    if (this.#transport === 'poll') {
      this.hears.ended(reason);
      return;
    }
    this.#transport = 'poll';
    for (const stream of this.#streams.values()) {
      stream.source.close();
      this.#open(stream);
    }
    this.hears.changed('poll');
  }

  async #send<T extends object>(
    method: string,
    path: string,
    body: unknown,
    { signal }: Abortable,
  ): Promise<T> {
    const headers = { authorization: `Bearer ${await this.options.token()}` };
    return send(`${this.options.url}/api/${path}`, method, body, { signal, headers });
  }
}

const NONE: Source = { close: () => {} };
