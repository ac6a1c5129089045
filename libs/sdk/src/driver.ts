import {
  type Code,
  type Fix,
  type Hello,
  MAX_FIXES_PER_BATCH,
  type PartnerPresence,
  type Rejection,
  type Sampling,
  type Status,
  type Trip,
} from '#protocol';
import { type ClientOptions, Connection, type ConnectionState } from './connection.js';
import { Emitter } from './emitter.js';
import { HexfleetError } from './errors.js';
import { restore } from './restore.js';
import { Sampler } from './sampler.js';

type DriverEvents = {
  connection: ConnectionState;
  sampling: Sampling;
  trip: Trip;
  presence: PartnerPresence;
  /** the service has stored these */
  acked: Fix[];
  /** the service will never take this one; it has left the outbox */
  rejected: { fix: Fix; code: Code };
};

const MAX_OUTBOX = 10_000;
const RETRY_MS = 1_000;

/**
 * The driver app's end: an outbox that sends fixes in order and keeps each one until the service has stored it.
 * A fix may be sent twice, never lost, as long as the outbox holds it: at most 10,000, then the oldest are thinned.
 */
export class DriverClient extends Emitter<DriverEvents> {
  readonly #connection: Connection;
  readonly #sampler = new Sampler();
  #outbox: Fix[] = [];
  #sending = false;
  #status: Status | null = null;

  constructor(options: ClientOptions) {
    super();
    this.#connection = new Connection('/driver', options);
    this.#connection.on('sampling', (sampling: Sampling) => {
      this.#pushDue(this.#sampler.become(sampling));
      this.emit('sampling', sampling);
    });
    this.#connection.on('trip', (trip: Trip) => this.emit('trip', trip));
    this.#connection.on('presence', (presence: PartnerPresence) => this.emit('presence', presence));
    this.#connection.onState((state) => {
      this.emit('connection', state);
      if (state.state !== 'online') return;
      // A status set while offline was not heard; said again, it changes nothing.
      const status = this.#status;
      if (status !== null)
        void restore(
          this.#connection,
          () => this.#status === status,
          () => this.#connection.request('status', status),
        );
      void this.#flush();
    });
  }

  /** Fixes that the service has not stored yet. */
  get waiting(): number {
    return this.#outbox.length;
  }

  connect(): Promise<Hello> {
    return this.#connection.open();
  }

  close(): void {
    this.#connection.close();
  }

  /** Takes every fix of the device, and sends those that are due at the pace that the service asks for. */
  report(fix: Fix): void {
    this.#pushDue(this.#sampler.take(fix));
  }

  /** Takes fixes into the outbox, whatever the pace; they are sent at once when connected. */
  push(...fixes: Fix[]): void {
    this.#outbox.push(...fixes);
    if (this.#outbox.length > MAX_OUTBOX) this.#thin();
    void this.#flush();
  }

  /** Announced now when connected, and after every reconnection. @throws {HexfleetError} */
  async setStatus(status: Status): Promise<void> {
    this.#status = status;
    if (this.#connection.state.state === 'online') await this.#connection.request('status', status);
  }

  #pushDue(fix: Fix | null): void {
    if (fix !== null) this.push(fix);
  }

  /** Every other fix of the older half goes: the way stays recognisable, the newest stay whole. */
  #thin(): void {
    const half = this.#outbox.length >> 1;
    this.#outbox = this.#outbox.filter((_, index) => index >= half || index % 2 === 0);
  }

  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    while (this.#outbox.length > 0 && this.#connection.state.state === 'online') {
      const batch = this.#outbox.slice(0, MAX_FIXES_PER_BATCH);
      try {
        const { rejected } = await this.#connection.request<{ rejected: Rejection[] }>('fixes', batch);
        this.#settle(batch, rejected);
      } catch (error) {
        if (error instanceof HexfleetError && !error.retry) {
          this.#settle(
            batch,
            batch.map((_, index) => ({ index, code: error.code })),
          );
        } else {
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    }
    this.#sending = false;
  }

  #settle(batch: Fix[], rejected: Rejection[]): void {
    const settled = new Set(batch);
    this.#outbox = this.#outbox.filter((fix) => !settled.has(fix));
    const refused = new Map(rejected.map(({ index, code }) => [index, code]));
    this.emit(
      'acked',
      batch.filter((_, index) => !refused.has(index)),
    );
    for (const [index, code] of refused) this.emit('rejected', { fix: batch[index]!, code });
  }
}
