import type {
  Code,
  Fix,
  Hello,
  Notice,
  OfferedTrip,
  OfferOver,
  Sampling,
  Status,
  Trip,
  TripEta,
  TripPresence,
} from '#protocol';
import { Api, type ChangeOptions } from './api.js';
import type { Chat } from './chat/chat.js';
import { chatOf } from './chat/chats.js';
import { type ClientOptions, Connection, type ConnectionState, isUp } from './connection/connection.js';
import { isFinal, unavailable } from './connection/errors.js';
import { knowingItsSubject } from './connection/token.js';
import { indexedDbOutbox } from './outbox/indexed-db-store.js';
import { memoryOutbox } from './outbox/memory-store.js';
import { Outbox } from './outbox/outbox.js';
import { ReportFilter } from './outbox/report-filter.js';
import { Sender } from './outbox/sender.js';
import type { OutboxStore } from './outbox/store.js';
import { resubscribe } from './subscriptions/resubscribe.js';
import { type DriverStep, DriverTrips } from './trips/driver-trips.js';
import { Emitter } from './util/emitter.js';
import { type Abortable, eventPromise, unlessAborted } from './util/event-promise.js';

/** The events of a {@link DriverClient}. */
export type DriverEvents = {
  /** the connection came, went, or was refused */
  connection: ConnectionState;
  /** the pace that the service asks for */
  sampling: Sampling;
  /** a trip that this driver is asked to take: once, and not when it has expired already */
  offer: OfferedTrip;
  /** an offer that needs no answer any more */
  'offer:over': OfferOver;
  /** a trip of this driver: each version once, whether a push or an answer told it first */
  trip: Trip;
  /** when this driver will be there, as estimated anew */
  eta: TripEta;
  /** whether the rider of an open trip is connected */
  presence: TripPresence;
  /** what dispatch has to say, each once; taken offline by it, this client says `offline`, too */
  notice: Notice;
  /** the service has stored these */
  acked: Fix[];
  /** the service will never take this one; it has left the outbox */
  rejected: RejectedFix;
  /** fixes in the outbox, whenever that changes */
  waiting: number;
  /** the outbox cannot be kept beyond this run, or not all of it; told once, and everything goes on in memory */
  storage: Error;
};

/** A fix that the service will never take. */
export type RejectedFix = {
  /** as the app gave it */
  fix: Fix;
  /** why, a code of the service */
  code: Code;
};

/** Where fixes wait for the service. */
export type OutboxOptions = {
  /** by default IndexedDB where there is one, memory elsewhere; a file in Node: `fileOutbox` of the entry for Node */
  store?: OutboxStore;
  /**
   * whose fixes they are, for IndexedDB: each key has a database of its own. By default the `sub` of the token, so that
   * with a function the fixes before the first token are in memory only
   */
  key?: string;
  /** fixes, 10,000 by default; with more, every other one of the older half goes */
  limit?: number;
};

/** What a driver's client takes. */
export type DriverOptions = ClientOptions & {
  /** where fixes wait for the service */
  outbox?: OutboxOptions;
};

const MAX_WAITING = 10_000;
/** So long `offline` waits for what was queued before it. */
const MAX_LEAVING_MS = 30_000;

/**
 * The driver app's end: an outbox that sends fixes in order and keeps each one until the service has stored it, over
 * reconnections and, with a store, over restarts. A fix may be sent twice, never lost, as long as the outbox holds it.
 */
export class DriverClient extends Emitter<DriverEvents> {
  readonly #connection: Connection<'/driver'>;
  readonly #sampler = new ReportFilter();
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #trips: DriverTrips;
  #status: Status | null = null;

  /** A client of its own connection, which begins with `connect`; its outbox takes fixes from now on. */
  constructor({ outbox = {}, ...options }: DriverOptions) {
    super();
    const { source, subject } = knowingItsSubject(options.token);
    this.#connection = new Connection('/driver', { ...options, token: source });
    const store = outbox.store ?? defaultStore(outbox.key ?? subject);
    this.#outbox = new Outbox(store, outbox.limit ?? MAX_WAITING);
    let told = 0;
    this.#outbox.on('change', () => {
      const { size } = this.#outbox;
      if (size !== told) this.emit('waiting', size);
      told = size;
    });
    this.#outbox.on('failure', (error) => this.emit('storage', error));
    this.#sender = new Sender(this.#connection, this.#outbox, {
      acked: (fixes) => this.emit('acked', fixes),
      rejected: (rejection) => this.emit('rejected', rejection),
    });
    this.#connection.on('sampling', (sampling) => {
      this.#pushDue(this.#sampler.become(sampling));
      this.emit('sampling', sampling);
    });
    const api = new Api({ ...options, token: source });
    this.#trips = new DriverTrips(this.#connection, api, {
      offer: (offer) => this.emit('offer', offer),
      over: (over) => this.emit('offer:over', over),
      trip: (trip) => this.emit('trip', trip),
      eta: (eta) => this.emit('eta', eta),
      notice: (notice) => this.#noticed(notice),
    });
    this.#connection.on('presence', (presence) => this.emit('presence', presence));
    this.#connection.onChange((state) => this.emit('connection', state));
    this.#connection.onState((state) => {
      if (!isUp(state)) return;
      // A status set while offline was not heard; said again, it changes nothing.
      this.#restoreStatus();
      void this.#sender.flush();
    });
  }

  /** Fixes that the service has not stored yet. */
  get waiting(): number {
    return this.#outbox.size;
  }

  /** Connects, and stays connected. @throws {HexfleetError} when the token is refused; an abort ends the tries */
  connect(options: Abortable = {}): Promise<Hello> {
    return this.#connection.open(options);
  }

  /** Ends the connection. The outbox stays, and goes on to take fixes, for when it is connected again. */
  close(): void {
    this.#trips.pause();
    this.#connection.close();
  }

  /** Takes the trip that is offered. @throws {HexfleetError} OFFER_OVER when it was too late */
  accept(tripId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#trips.accept(tripId, options);
  }

  /** Leaves the trip that is offered to the next driver. */
  decline(tripId: string, options: ChangeOptions = {}): Promise<void> {
    return this.#trips.decline(tripId, options);
  }

  /** Says where the trip stands. @throws {HexfleetError} BAD_STATE when it does not follow: the trip may be called off */
  step(tripId: string, step: DriverStep, options: ChangeOptions = {}): Promise<Trip> {
    return this.#trips.step(tripId, step, options);
  }

  /** Takes every fix of the device, and sends those that are due at the pace that the service asks for. */
  report(fix: Fix): void {
    this.#pushDue(this.#sampler.take(fix));
  }

  /**
   * Reports every fix of a source, such as {@link geolocationFixes}, until it ends or fails, or the signal aborts.
   * @throws what the source throws
   */
  async follow(source: AsyncIterable<Fix>, { signal }: Abortable = {}): Promise<void> {
    const fixes = source[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await unlessAborted(fixes.next(), signal);
        if (done) return;
        this.report(value);
      }
    } finally {
      // Not waited for: a source that is asked for its next fix may end only after it.
      fixes.return?.().catch(() => {});
    }
  }

  /** Takes fixes into the outbox, whatever the pace; they are sent at once when connected. */
  push(...fixes: Fix[]): void {
    this.#outbox.add(fixes);
    void this.#sender.flush();
  }

  /** Resolves when the service has every fix, or has refused it. */
  drained(options: Abortable = {}): Promise<void> {
    return this.#outbox.drained(options);
  }

  /**
   * Announced now when connected, and after every reconnection. `offline` goes after the fixes that are in the outbox, for
   * 30 seconds at most while connected, and before those that are taken later: what comes after it does not count for the
   * track.
   * @throws {HexfleetError}; where it may succeed later, it is tried again. An abort takes it back.
   */
  async setStatus(status: Status, { signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted();
    const before = this.#status;
    this.#status = status;
    if (status === 'offline') this.#outbox.fence();
    else this.#openFence();
    if (this.#connection.hello === null) return;
    try {
      await this.#announce(status, signal);
    } catch (error) {
      if (this.#status === status) {
        if (signal?.aborted) this.#takeBack(before);
        else if (!isFinal(error)) this.#restoreStatus();
      }
      throw error;
    }
  }

  async #announce(status: Status, signal?: AbortSignal): Promise<void> {
    if (status === 'offline') await this.#left(signal);
    // Meanwhile another may have been set, which was said already.
    if (this.#status !== status) return;
    try {
      await this.#connection.request('status', status, { signal });
      this.#openFence();
    } catch (error) {
      if (isFinal(error)) this.#openFence();
      throw error;
    }
  }

  /** Taken offline by dispatch, an app that comes back must not say that it is available. */
  #noticed(notice: Notice): void {
    if (notice.kind === 'offline') this.setStatus('offline').catch(() => {});
    this.emit('notice', notice);
  }

  #restoreStatus(): void {
    const status = this.#status;
    if (status === null) return;
    void resubscribe(
      this.#connection,
      () => this.#status === status,
      () => this.#announce(status),
    );
  }

  #takeBack(before: Status | null): void {
    this.#status = before;
    this.#openFence();
    // The service may have taken it all the same.
    this.#restoreStatus();
  }

  /** Resolves when what was queued before `offline` is delivered, or that took too long. @throws {HexfleetError} */
  #left(signal?: AbortSignal): Promise<void> {
    return eventPromise((resolve, reject) => {
      const waiting = new AbortController();
      const timer = setTimeout(resolve, MAX_LEAVING_MS);
      const off = this.#connection.onState(() => reject(unavailable('The connection was lost')));
      this.#outbox.passedFence({ signal: waiting.signal }).then(resolve, reject);
      return () => {
        off();
        clearTimeout(timer);
        waiting.abort();
      };
    }, signal);
  }

  #openFence(): void {
    this.#outbox.openFence();
    void this.#sender.flush();
  }

  /** The chat of a trip with its rider; the same one each time, until it is closed. */
  chat(tripId: string): Chat {
    return chatOf(this.#connection, 'driver', tripId);
  }

  #pushDue(fix: Fix | null): void {
    if (fix !== null) this.push(fix);
  }
}

const defaultStore = (key: string | Promise<string>): OutboxStore =>
  'indexedDB' in globalThis ? indexedDbOutbox(key) : memoryOutbox();
