import type { Fix, Hello, Notice, Status, Trip } from '#protocol';
import { DriverApi } from './api/driver-api.js';
import type { ChangeOptions } from './api/requests.js';
import type { Chat } from './chat/chat.js';
import { chatOf } from './chat/chats.js';
import type { ClientOptions } from './connection/client-options.js';
import { Connection } from './connection/connection.js';
import { isUp } from './connection/connection-state.js';
import { isFinal, unavailable } from './connection/errors.js';
import { withSubject } from './connection/token.js';
import { resubscribe } from './connection/while-connected.js';
import type { DriverEvents } from './driver-events.js';
import { onAreaAlert } from './feed/area-alerts.js';
import { FixTimes } from './outbox/fix-times.js';
import { indexedDbOutbox } from './outbox/indexed-db-store.js';
import { Outbox } from './outbox/outbox.js';
import type { OutboxStore } from './outbox/outbox-store.js';
import { memoryOutbox } from './outbox/outbox-store.js';
import { ReportFilter } from './outbox/report-filter.js';
import { Sender } from './outbox/sender.js';
import { type DriverStep, DriverTrips, type StepOptions } from './trips/driver-trips.js';
import { Emitter } from './util/emitter.js';
import { type Abortable, eventPromise, unlessAborted } from './util/event-promise.js';
import { randomId } from './util/platform.js';

/** Where fixes wait for the service. */
export type OutboxOptions = {
  /** IndexedDB where available and memory elsewhere by default; in Node, `fileOutbox` of `@hexfleet/sdk/node` */
  store?: OutboxStore;
  /**
   * owner of the fixes in IndexedDB, where each key has its own database. The `sub` of the token by default: if the token
   * comes from a function, fixes are in memory only until the first one arrives
   */
  key?: string;
  /** maximum number of fixes, 10,000 by default; beyond it, every other one of the older half is dropped */
  limit?: number;
};

/** Options of a {@link DriverClient}. */
export type DriverOptions = ClientOptions & {
  /** where fixes wait for the service */
  outbox?: OutboxOptions;
};

const MAX_WAITING = 10_000;
/** Time that the status `offline` waits for the fixes queued before it. */
const MAX_FLUSH_MS = 30_000;

/**
 * Client of the driver app: its outbox sends fixes in order and keeps each one until the service has stored it, across
 * reconnections and, with a store, restarts. A fix in the outbox may be sent twice, but is never lost.
 */
export class DriverClient extends Emitter<DriverEvents> {
  readonly #connection: Connection<'/driver'>;
  readonly #filter = new ReportFilter();
  readonly #outbox: Outbox;
  readonly #times: FixTimes;
  readonly #sender: Sender;
  readonly #trips: DriverTrips;
  /** name of this device, by which the service distinguishes it from others */
  readonly deviceId: string;
  #status: Status | null = null;

  /** Creates a client with a connection of its own, which `connect` opens; its outbox accepts fixes at once. */
  constructor({ outbox = {}, deviceId = randomId(), ...options }: DriverOptions) {
    super();
    this.deviceId = deviceId;
    const { source, subject } = withSubject(options.token);
    this.#connection = new Connection('/driver', { ...options, deviceId, token: source });
    const store = outbox.store ?? defaultStore(outbox.key ?? subject);
    this.#outbox = new Outbox(store, outbox.limit ?? MAX_WAITING);
    const emitted = { waiting: 0, unsent: 0 };
    this.#outbox.on('change', () => {
      const counts = { waiting: this.waiting, unsent: this.unsent };
      for (const event of ['waiting', 'unsent'] as const) {
        if (counts[event] === emitted[event]) continue;
        emitted[event] = counts[event];
        this.emit(event, counts[event]);
      }
    });
    this.#outbox.on('failure', (error) => this.emit('storage', error));
    this.#times = new FixTimes(this.#connection.clock);
    this.#sender = new Sender(this.#connection, this.#outbox, this.#times, {
      acked: (fixes) => this.emit('acked', fixes),
      rejected: (rejection) => this.emit('rejected', rejection),
    });
    this.#connection.on('sampling', (sampling) => {
      this.#pushIfDue(this.#filter.setSampling(sampling));
      this.emit('sampling', sampling);
    });
    const api = new DriverApi({ ...options, token: source });
    this.#trips = new DriverTrips(this.#connection, api, {
      offer: (offer) => this.emit('offer', offer),
      over: (over) => this.emit('offer:over', over),
      trip: (trip) => this.emit('trip', trip),
      eta: (eta) => this.emit('eta', eta),
      notice: (notice) => this.#onNotice(notice),
    });
    this.#connection.on('device:replaced', (device) => {
      // A reconnection must not take over from the other device.
      this.#status = null;
      this.#openFence();
      this.emit('replaced', device);
    });
    this.#connection.on('presence', (presence) => this.emit('presence', presence));
    this.#connection.on('status:changed', (status) => this.emit('status', status));
    this.#connection.on('queue', ({ queue }) => this.emit('queue', queue));
    onAreaAlert(this.#connection, (alert) => this.emit('area:alert', alert));
    this.#connection.on('area:withdrawn', (alert) => this.emit('area:withdrawn', alert));
    this.#connection.onChange((state) => this.emit('connection', state));
    this.#connection.clock.on('change', (clock) => this.emit('clock', clock));
    this.#connection.onState((state) => {
      if (!isUp(state)) return;
      // A status set while offline was not sent; sending it again changes nothing.
      this.#restoreStatus();
      void this.#sender.flush();
    });
  }

  /**
   * Number of fixes in the outbox: those that the service has not acked yet. While it is busy, it acks the fixes of up to four
   * seconds together.
   */
  get waiting(): number {
    return this.#outbox.size;
  }

  /** Number of fixes in the outbox that are not on their way to the service, for example because there is no connection. */
  get unsent(): number {
    return this.#outbox.unsent;
  }

  /** Returns the service's time, epoch ms, however wrong the device's clock is; compare times of the service with it. */
  now(): number {
    return this.#connection.clock.now();
  }

  /** Connects, and stays connected. @throws {HexfleetError} when the token is refused; an abort stops the attempts */
  connect(options: Abortable = {}): Promise<Hello> {
    return this.#connection.open(options);
  }

  /** Ends the connection. The outbox still accepts fixes, and sends them after the next `connect`. */
  close(): void {
    this.#trips.pause();
    this.#connection.close();
  }

  /** Accepts the offered trip. @throws {HexfleetError} OFFER_OVER when it is too late */
  accept(tripId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#trips.accept(tripId, options);
  }

  /** Declines the offered trip, which is then offered to the next driver. */
  decline(tripId: string, options: ChangeOptions = {}): Promise<void> {
    return this.#trips.decline(tripId, options);
  }

  /**
   * Moves the trip to its next state.
   * @throws {HexfleetError} BAD_STATE when that state cannot follow, for example after a cancellation; WRONG_PIN, and
   * TOO_MANY_PINS after five wrong ones
   */
  step(tripId: string, step: DriverStep, options: StepOptions = {}): Promise<Trip> {
    return this.#trips.step(tripId, step, options);
  }

  /** Cancels a trip whose rider did not come. @throws {HexfleetError} NO_SHOW_TOO_EARLY before `noShowAt` of the trip */
  reportNoShow(tripId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#trips.change(tripId, { state: 'cancelled', noShow: true }, options);
  }

  /** Reports a fix of the device. Call it with every fix: those due at the update interval of the service are sent. */
  report(fix: Fix): void {
    this.#times.note(fix);
    this.#pushIfDue(this.#filter.take(fix));
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
      // Not awaited: a source with a pending fix may return only after it.
      fixes.return?.().catch(() => {});
    }
  }

  /** Adds fixes to the outbox regardless of the update interval; they are sent at once when connected. */
  push(...fixes: Fix[]): void {
    for (const fix of fixes) this.#times.note(fix);
    this.#add(fixes);
  }

  /** Resolves when the service has stored or refused every fix. It is asked to ack them at once. */
  async drained(options: Abortable = {}): Promise<void> {
    const drained = this.#outbox.drained(options);
    void this.#sender.flush();
    await drained;
  }

  /**
   * Sets the status of this driver: sent now when connected, and again after every reconnection. `offline` is sent after
   * the fixes in the outbox, for which it waits up to 30 seconds while connected, and before later fixes: these do not
   * belong to the track.
   * @throws {HexfleetError} the refusal; if it may pass, the client keeps trying. An abort restores the previous status.
   */
  async setStatus(status: Status, { signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted();
    const before = this.#status;
    this.#status = status;
    if (status === 'offline') this.#outbox.fence();
    else this.#openFence();
    if (this.#connection.hello === null) return;
    try {
      await this.#sendStatus(status, signal);
    } catch (error) {
      if (this.#status === status) {
        if (signal?.aborted) this.#undoStatus(before);
        else if (!isFinal(error)) this.#restoreStatus();
      }
      throw error;
    }
  }

  async #sendStatus(status: Status, signal?: AbortSignal): Promise<void> {
    if (status === 'offline') await this.#flushed(signal);
    // Another status may have been set and sent in the meantime.
    if (this.#status !== status) return;
    try {
      await this.#connection.request('status', status, { signal });
      this.#openFence();
    } catch (error) {
      if (isFinal(error)) this.#openFence();
      throw error;
    }
  }

  /** After dispatch has taken the driver offline, a reconnection must not announce it as available. */
  #onNotice(notice: Notice): void {
    if (notice.kind === 'offline') this.setStatus('offline').catch(() => {});
    this.emit('notice', notice);
  }

  #restoreStatus(): void {
    const status = this.#status;
    if (status === null) return;
    void resubscribe(
      this.#connection,
      () => this.#status === status,
      () => this.#sendStatus(status),
    );
  }

  #undoStatus(before: Status | null): void {
    this.#status = before;
    this.#openFence();
    // The service may have accepted it nevertheless.
    this.#restoreStatus();
  }

  /** Resolves when the fixes queued before `offline` are delivered, or after the timeout. @throws {HexfleetError} */
  #flushed(signal?: AbortSignal): Promise<void> {
    return eventPromise((resolve, reject) => {
      const waiting = new AbortController();
      const timer = setTimeout(resolve, MAX_FLUSH_MS);
      const off = this.#connection.onState(() => reject(unavailable('The connection was lost')));
      this.#outbox.passedFence({ signal: waiting.signal }).then(resolve, reject);
      void this.#sender.flush();
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

  /** Returns the chat of a trip with its rider; the same one each time until it is closed. */
  chat(tripId: string): Chat {
    return chatOf(this.#connection, 'driver', tripId);
  }

  #pushIfDue(fix: Fix | null): void {
    if (fix !== null) this.#add([fix]);
  }

  #add(fixes: Fix[]): void {
    this.#outbox.add(fixes);
    void this.#sender.flush();
  }
}

const defaultStore = (key: string | Promise<string>): OutboxStore =>
  'indexedDB' in globalThis ? indexedDbOutbox(key) : memoryOutbox();
