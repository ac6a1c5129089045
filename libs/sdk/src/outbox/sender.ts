import { type Acked, COUNTED_ACKS, type Code, type Fix, MAX_FIXES_PER_BATCH, type Refused } from '#protocol';
import type { Connection } from '../connection/connection.js';
import { HexfleetError, isClientCode } from '../connection/errors.js';
import { ANSWERED, backoffMs } from '../connection/reconnect-policy.js';
import { waitOrReconnect } from '../connection/while-connected.js';
import { CountedRun } from './counted-run.js';
import type { FixTimes } from './fix-times.js';
import type { Outbox } from './outbox.js';
import type { OutboxEntry } from './outbox-store.js';

type Rejection = { code: Code; message: string };

/** Handlers for the results. */
type Results = {
  acked(fixes: Fix[]): void;
  rejected(rejection: Rejection & { fix: Fix }): void;
};

/** Batches that may wait for an ack; then the next one waits for the count. */
const MAX_IN_FLIGHT = 16;
/** Time without an ack after which the count is requested: the service delays it by four seconds at most. */
const OVERDUE_MS = 6_000;

/**
 * Sends the fixes of an outbox and removes those that were answered. A backlog goes out in order, but after the newest fix, so
 * that the map is right at once however long the driver was offline.
 *
 * The first batch on a connection, and after each failure, is a request with an answer of its own. Once it has succeeded, the
 * next ones are sent without waiting, as a {@link CountedRun}, if the service agreed to it in its greeting. Whatever a run has
 * sent stays in the outbox until an ack covers it, and is sent again when the run ends before: with its connection, with a
 * refusal, or when the service has not received it.
 */
export class Sender {
  #isSending = false;
  /** whether there may be something to do */
  #isDue = false;
  /** time of the newest fix that was sent, epoch ms */
  #newestSent = 0;
  /** time of the newest fix that was answered, epoch ms */
  #newestAnswered = 0;
  #batchSize = MAX_FIXES_PER_BATCH;
  #run: CountedRun | null = null;
  /** number of the next batch of a run; none is used twice, so that a late ack cannot be mistaken for one of another run */
  #nextNumber = 1;
  /** refusal that has ended a run, until the pause after it has begun */
  #refusal: Refused | null = null;
  #isOverdue = false;
  #overdueTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection<'/driver'>,
    private readonly outbox: Outbox,
    private readonly times: FixTimes,
    private readonly results: Results,
  ) {
    // Also for a new greeting of another gateway, to which the connection has moved.
    connection.onState(() => {
      this.#endRun();
      this.#refusal = null;
    });
    connection.on('acked', (acked) => this.#onAcked(acked));
    connection.on('refused', (refused) => this.#onRefused(refused));
  }

  /** Sends until nothing is left to send or the connection is lost; returns at once if that is already running. */
  async flush(): Promise<void> {
    this.#isDue = true;
    if (this.#isSending) return;
    this.#isSending = true;
    if (!this.outbox.isLoaded) await this.outbox.loaded;
    for (let failures = 0; this.#isDue && this.connection.hello !== null; ) {
      this.#isDue = false;
      try {
        // A call meanwhile may have something more to do.
        this.#isDue = (await this.#step()) || this.#isDue;
        failures = 0;
      } catch {
        this.#isDue = true;
        await waitOrReconnect(this.connection, backoffMs(failures, Math.random(), ANSWERED));
        failures += 1;
      }
    }
    this.#isSending = false;
  }

  /** @returns whether there was anything to do @throws {HexfleetError} an error that may pass */
  async #step(): Promise<boolean> {
    const refusal = this.#refusal;
    this.#refusal = null;
    if (refusal?.retry) throw new HexfleetError(refusal);
    await this.connection.checkClock();
    const batch = this.#nextBatch();
    const run = this.#run;
    if (run !== null && this.#mustCount(run, batch.length > 0)) await this.#count(run);
    else if (batch.length === 0) return false;
    else if (run === null) await this.#request(batch);
    else this.#send(run, batch);
    return true;
  }

  #nextBatch(): OutboxEntry[] {
    const batch = this.outbox.first(this.#batchSize);
    const newest = this.outbox.newest();
    if (newest === undefined || newest === batch.at(-1) || newest.fix.t <= this.#newestSent) return batch;
    return [newest];
  }

  /** @throws {HexfleetError} an error that may pass */
  async #request(batch: OutboxEntry[]): Promise<void> {
    const { hello } = this.connection;
    try {
      const { rejected } = await this.connection.request('fixes', this.#corrected(batch));
      this.#noteSent(batch);
      this.#batchSize = MAX_FIXES_PER_BATCH;
      this.#settle(batch, rejected);
    } catch (error) {
      if (!(error instanceof HexfleetError) || error.retry || isClientCode(error.code)) throw error;
      // A batch that is refused as a whole is halved until the invalid fix is alone.
      if (batch.length > 1) this.#batchSize = Math.ceil(batch.length / 2);
      else this.#settle(batch, [{ index: 0, code: error.code, message: error.message }]);
      return;
    }
    if (hello?.acks === COUNTED_ACKS && hello === this.connection.hello)
      this.#run = new CountedRun(this.#nextNumber);
  }

  #send(run: CountedRun, entries: OutboxEntry[]): void {
    const number = this.#nextNumber;
    if (!this.connection.send('fixes', this.#corrected(entries), number, run.first)) {
      this.#endRun();
      return;
    }
    this.#nextNumber += 1;
    run.sent({ number, entries });
    this.#noteSent(entries);
    this.outbox.sent(entries);
    if (run.size === 1) this.#expectAck();
  }

  /** Whether the service has to be asked what it has stored of the run. */
  #mustCount(run: CountedRun, hasMore: boolean): boolean {
    if (run.size === 0) return false;
    return this.#isOverdue || (hasMore ? run.size >= MAX_IN_FLIGHT : this.outbox.isAwaited);
  }

  /** Requests the count, which the service would send later by itself. @throws {HexfleetError} an error that may pass */
  async #count(run: CountedRun): Promise<void> {
    const { last } = run;
    const { number } = await this.connection.request('fixes:count', {});
    if (run !== this.#run) return;
    this.#onAcked({ number });
    // All batches before the request have an answer, and these were not counted.
    if (run.oldest !== undefined && run.oldest <= last) this.#endRun();
  }

  #onAcked({ number, rejected = [] }: Acked): void {
    const batches = this.#run?.acked(number) ?? [];
    for (const batch of batches) this.#settle(batch.entries, batch.number === number ? rejected : []);
    if (batches.length === 0) return;
    this.#expectAck();
    // A batch may have waited for it.
    void this.flush();
  }

  #onRefused(refused: Refused): void {
    if (refused.event !== 'fixes' || this.#run === null) return;
    // Without a number, a limit has refused it before it was counted.
    if (refused.number !== undefined && refused.number < this.#run.first) return;
    this.#refusal = refused;
    this.#endRun();
    void this.flush();
  }

  /** Ends the run. All that no ack has covered is sent again, beginning with a request that says what is wrong. */
  #endRun(): void {
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    this.#expectAck();
    this.#newestSent = this.#newestAnswered;
    this.outbox.unsend(run.entries);
  }

  /** Restarts the time after which the next ack is overdue, if any is expected. */
  #expectAck(): void {
    clearTimeout(this.#overdueTimer);
    this.#isOverdue = false;
    if (this.#run === null || this.#run.size === 0) return;
    this.#overdueTimer = setTimeout(() => {
      this.#isOverdue = true;
      void this.flush();
    }, OVERDUE_MS);
  }

  #corrected(batch: OutboxEntry[]): Fix[] {
    return batch.map(({ fix }) => this.times.corrected(fix));
  }

  #noteSent(batch: OutboxEntry[]): void {
    this.#newestSent = Math.max(this.#newestSent, batch.at(-1)!.fix.t);
  }

  #settle(batch: OutboxEntry[], rejected: Array<Rejection & { index: number }>): void {
    const refused = new Map(rejected.map(({ index, ...rejection }) => [index, rejection]));
    this.#newestAnswered = Math.max(this.#newestAnswered, batch.at(-1)!.fix.t);
    this.outbox.remove(batch);
    const acked = batch.filter((_, index) => !refused.has(index));
    if (acked.length > 0) this.results.acked(acked.map(({ fix }) => fix));
    for (const [index, { code, message }] of refused)
      this.results.rejected({ fix: batch[index]!.fix, code, message });
  }
}
