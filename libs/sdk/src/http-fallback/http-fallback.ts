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
import { clientError, type HexfleetError, refusedWith } from '../connection/errors.js';
import { type Abortable, eventPromise } from '../util/event-promise.js';
import { openEvents } from './events-source.js';
import { request } from './http.js';
import { openPoll } from './poll-source.js';
import type { FallbackTransport, Source, SourceEvent } from './source.js';

/** Options of a {@link HttpFallback}. */
export type HttpFallbackOptions = {
  /** address of the service */
  url: string;
  /** called for each request */
  token(): Promise<string>;
  /** name of the device of a driver */
  deviceId?: string | undefined;
};

/** Handlers for the events of a {@link HttpFallback}. */
export type HttpFallbackHandlers = {
  /** an event, with the arguments that it has on a socket */
  event(event: string, payload: object, id?: string): void;
  /** the service has sent `hello`, and events arrive */
  ready(hello: Hello, transport: FallbackTransport): void;
  /** events arrive over another transport */
  changed(transport: FallbackTransport): void;
  /** no more events: HTTP is blocked, too, or the service refused the token */
  ended(reason: string | HexfleetError): void;
};

/** One event stream. */
type Stream = {
  path: string;
  /** id of the last event, from which the stream resumes */
  after: string | null;
  source: Source;
  event(event: SourceEvent): void;
  refused(error: HexfleetError): void;
};

type TripView = { trip: Trip; position: DriverPosition | null; presence: null };
type Requests = Record<string, (payload: never, options: Abortable) => Promise<object>>;

/**
 * Replaces a socket over plain HTTP: it streams the feed all the time, and a trip and the cars nearby while they are
 * watched. It handles the requests that these streams need, and those that a driver sends.
 */
export class HttpFallback {
  #transport: FallbackTransport = 'events';
  readonly #streams = new Map<string, Stream>();
  /** the newest status on its way */
  #status: Promise<object> = Promise.resolve({});
  readonly #requests: Requests = {
    'feed:resume': ({ after }: { after: string | null }, options) =>
      this.#send<FeedPart>('GET', after === null ? 'feed' : `feed?after=${after}`, undefined, options),
    'trip:watch': ({ tripId }: { tripId: string }, options) => this.#watchTrip(tripId, options),
    'nearby:watch': (area: NearbyWatch, options) => this.#watchNearby(area, options),
    'nearby:unwatch': async () => this.#stop('nearby'),
    clock: (_: object, options) => this.#send('GET', 'clock', undefined, options),
    fixes: async (fixes: object, options) => {
      // A status may make the service follow this device again.
      await this.#status.catch(() => {});
      return this.#send('POST', 'fixes', fixes, options);
    },
    status: (status: Status, options) => {
      this.#status = this.#send('PUT', 'status', { status }, options);
      return this.#status;
    },
  };

  constructor(
    private readonly options: HttpFallbackOptions,
    private readonly handlers: HttpFallbackHandlers,
  ) {
    this.#start('feed', 'feed', {
      event: ({ event, data, id }) => {
        if (event === 'ready') handlers.ready(data as Hello, this.#transport);
        else handlers.event(event, data, id ?? undefined);
      },
      refused: (error) => handlers.ended(error),
    });
  }

  close(): void {
    for (const name of [...this.#streams.keys()]) this.#stop(name);
  }

  /** @throws {HexfleetError} the refusal, or SOCKET_REQUIRED for a request that needs a socket */
  async request(event: string, payload: unknown, options: Abortable): Promise<object> {
    const send = this.#requests[event];
    if (send === undefined) throw clientError('SOCKET_REQUIRED');
    return send(payload as never, options);
  }

  #watchTrip(tripId: string, { signal }: Abortable): Promise<TripView> {
    return eventPromise((resolve, reject) => {
      this.#start('trip', `trip/${encodeURIComponent(tripId)}`, {
        event: ({ event, data }) => {
          // Its changes and estimates arrive in the feed, in order.
          if (event === 'trip') this.#answerTrip(data as Trip, resolve, reject);
          else if (event === 'position' || event === 'gone') this.handlers.event(event, data);
          else if (event === 'end') this.#stop('trip');
        },
        refused: reject,
      });
      return () => {};
    }, signal);
  }

  #answerTrip(trip: Trip, resolve: (view: TripView) => void, reject: (error: HexfleetError) => void): void {
    if (isOpen(trip.state)) resolve({ trip, position: null, presence: null });
    else reject(refusedWith('TRIP_OVER', 'The trip is over'));
  }

  #watchNearby({ lat, lng, radiusM }: NearbyWatch, { signal }: Abortable): Promise<NearbyView> {
    return eventPromise((resolve, reject) => {
      let isAnswered = false;
      this.#start('nearby', `nearby?lat=${lat}&lng=${lng}&radiusM=${radiusM}`, {
        event: ({ event, data }) => {
          // The feed has it, too.
          if (event === 'service') return;
          if (event !== 'snapshot' || isAnswered) this.handlers.event(event, data);
          else {
            resolve({ ...(data as { cars: NearbyView['cars'] }), removedCells: [], delta: false });
            isAnswered = true;
          }
        },
        refused: reject,
      });
      return () => {};
    }, signal);
  }

  /** Opens a stream instead of the previous one of this name. */
  #start(name: string, path: string, handlers: Pick<Stream, 'event' | 'refused'>): void {
    this.#stop(name);
    const stream: Stream = { path, after: null, source: NONE, ...handlers };
    this.#streams.set(name, stream);
    this.#open(stream);
  }

  #stop(name: string): object {
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
      this.handlers.ended(reason);
      return;
    }
    this.#transport = 'poll';
    for (const stream of this.#streams.values()) {
      stream.source.close();
      this.#open(stream);
    }
    this.handlers.changed('poll');
  }

  async #send<T extends object>(
    method: string,
    path: string,
    body: unknown,
    { signal }: Abortable,
  ): Promise<T> {
    const { url, deviceId } = this.options;
    const headers = {
      authorization: `Bearer ${await this.options.token()}`,
      ...(deviceId !== undefined && { 'device-id': deviceId }),
    };
    return request(`${url}/api/${path}`, method, body, { signal, headers });
  }
}

const NONE: Source = { close: () => {} };
