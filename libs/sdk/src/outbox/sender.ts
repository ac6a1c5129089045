import { type Code, type Fix, isCode, MAX_FIXES_PER_BATCH } from '#protocol';
import type { Connection } from '../connection/connection.js';
import { HexfleetError } from '../connection/errors.js';
import { ANSWERED, backoffMs } from '../connection/reconnect-policy.js';
import { waitOrReconnect } from '../connection/while-connected.js';
import type { FixTimes } from './fix-times.js';
import type { Outbox } from './outbox.js';
import type { OutboxEntry } from './outbox-store.js';

type Rejection = { code: Code; message: string };

/** Handlers for the results. */
type Results = {
  acked(fixes: Fix[]): void;
  rejected(rejection: Rejection & { fix: Fix }): void;
};

/**
 * Sends the fixes of an outbox, one batch at a time, and removes those that were answered. A backlog goes out in order, but
 * after the newest fix, so that the map is right at once however long the driver was offline.
 */
export class Sender {
  #isSending = false;
  /** time of the newest fix that was sent, epoch ms */
  #newestSent = 0;
  #batchSize = MAX_FIXES_PER_BATCH;

  constructor(
    private readonly connection: Connection<'/driver'>,
    private readonly outbox: Outbox,
    private readonly times: FixTimes,
    private readonly results: Results,
  ) {}

  /** Sends until the outbox is empty or the connection is lost; returns at once if that is already running. */
  async flush(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    if (!this.outbox.isLoaded) await this.outbox.loaded;
    for (let failures = 0; this.connection.hello !== null; ) {
      const batch = this.#nextBatch();
      if (batch.length === 0) break;
      try {
        await this.#send(batch);
        failures = 0;
      } catch {
        await waitOrReconnect(this.connection, backoffMs(failures, Math.random(), ANSWERED));
        failures += 1;
      }
    }
    this.#isSending = false;
  }

  #nextBatch(): OutboxEntry[] {
    const batch = this.outbox.first(this.#batchSize);
    const newest = this.outbox.newest();
    if (newest === undefined || newest === batch.at(-1) || newest.fix.t <= this.#newestSent) return batch;
    return [newest];
  }

  /** @throws {HexfleetError} an error that may pass */
  async #send(batch: OutboxEntry[]): Promise<void> {
    await this.connection.checkClock();
    const fixes = batch.map(({ fix }) => this.times.corrected(fix));
    try {
      const { rejected } = await this.connection.request('fixes', fixes);
      this.#newestSent = Math.max(this.#newestSent, batch.at(-1)!.fix.t);
      this.#batchSize = MAX_FIXES_PER_BATCH;
      this.#settle(batch, new Map(rejected.map(({ index, ...rejection }) => [index, rejection])));
    } catch (error) {
      if (!(error instanceof HexfleetError) || error.retry || !isCode(error.code)) throw error;
      // A batch that is refused as a whole is halved until the invalid fix is alone.
      if (batch.length > 1) this.#batchSize = Math.ceil(batch.length / 2);
      else this.#settle(batch, new Map([[0, { code: error.code, message: error.message }]]));
    }
  }

  #settle(batch: OutboxEntry[], refused: Map<number, Rejection>): void {
    this.outbox.remove(batch);
    const acked = batch.filter((_, index) => !refused.has(index));
    if (acked.length > 0) this.results.acked(acked.map(({ fix }) => fix));
    for (const [index, { code, message }] of refused)
      this.results.rejected({ fix: batch[index]!.fix, code, message });
  }
}
