import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type FixAppender, type Progress, probeRedis, type RedisClient } from '#store';
import type { Metrics } from './metrics.js';

const INTERVAL_MS = 500;
/** Longer than another processor needs to take over a partition that was released. */
const WITHOUT_READER_MS = 1_500;
/** Time without a measurement after which Redis counts as away: a busy process may miss some. */
const SILENT_MS = 2_500;
/** Age of the oldest entry above which positions count as delayed, and below which they do not any more. */
const DELAYED_MS = 2_500;
const CURRENT_MS = 2_000;

/** State of the way from gateways to watchers, as this process measured it last. */
export type PipelineState = {
  /** problems in words; none while positions arrive */
  problems: string[];
  /** stream entries that no processor has finished */
  backlog: number;
  /** age of the oldest of them, ms */
  oldestMs: number;
  /** partitions that no processor reads */
  withoutReader: number[];
};

/** Measures the fix stream twice a second; logs when positions stop arriving, and when they arrive again. */
export class PipelineMonitor implements OnApplicationShutdown {
  readonly #logger = new Logger('pipeline');
  readonly #listeners: Array<(isDegraded: boolean) => void> = [];
  readonly #timer: NodeJS.Timeout;
  /** time since when no measurement has seen a reader of the partition, by performance.now() */
  readonly #unreadSince = new Map<number, number>();
  #progress: Progress[] = [];
  #measuredAt = performance.now();
  #isMeasuring = false;
  #storeProblem: string | null = null;
  #degradedAt: number | null = null;
  /** causes of the present delay that are in the log */
  readonly #logged = new Set<string>();

  constructor(
    private readonly appender: Pick<FixAppender, 'measure' | 'problem'>,
    private readonly redis: RedisClient,
    private readonly node: string,
    private readonly metrics: Metrics,
  ) {
    this.#timer = setInterval(() => this.#tick(), INTERVAL_MS);
  }

  get isDegraded(): boolean {
    return this.#degradedAt !== null;
  }

  /** Why Redis does not store fixes, as measured last; null if it does. */
  get storeProblem(): string | null {
    return this.#storeProblem;
  }

  get state(): PipelineState {
    const { problems, ...state } = this.#measured();
    return { problems: problems.map(({ text }) => text), ...state };
  }

  /** Calls the listener whenever positions stop arriving or arrive again. */
  onChange(listener: (isDegraded: boolean) => void): void {
    this.#listeners.push(listener);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    if (!this.#isMeasuring) void this.#measure();
    this.#publish();
  }

  async #measure(): Promise<void> {
    this.#isMeasuring = true;
    const from = performance.now();
    const [progress, problem] = await Promise.all([
      this.appender.measure().catch(() => null),
      probeRedis(this.redis, this.node).finally(() =>
        this.metrics.redisProbe.observe((performance.now() - from) / 1_000),
      ),
    ]);
    this.#isMeasuring = false;
    this.#storeProblem = problem ?? this.appender.problem;
    if (progress === null || this.#storeProblem !== null) return;
    this.#measuredAt = performance.now();
    this.#progress = progress;
    for (const [partition, { reader }] of progress.entries())
      if (reader !== null) this.#unreadSince.delete(partition);
      else if (!this.#unreadSince.has(partition)) this.#unreadSince.set(partition, this.#measuredAt);
  }

  /** The cause of a problem stays the same while the numbers in its text change. */
  #measured(): Omit<PipelineState, 'problems'> & { problems: Array<{ cause: string; text: string }> } {
    const withoutReader = [...this.#unreadSince.keys()].filter((partition) => this.#isUnread(partition));
    const oldestMs = Math.max(0, ...this.#progress.map((partition) => partition.oldestMs));
    const isDelayed = oldestMs >= (this.isDegraded ? CURRENT_MS : DELAYED_MS);
    const redis = this.#storeProblem ?? 'Redis does not answer';
    const unread = `no processor reads partition ${withoutReader.join(', ')}`;
    const problems = [
      ...(this.#isSilent() ? [{ cause: redis, text: redis }] : []),
      ...(withoutReader.length > 0 ? [{ cause: unread, text: unread }] : []),
      ...(isDelayed
        ? [{ cause: 'delayed', text: `the oldest unprocessed fixes are ${oldestMs} ms old` }]
        : []),
    ];
    const backlog = this.#progress.reduce((sum, partition) => sum + partition.backlog, 0);
    return { problems, backlog, oldestMs, withoutReader };
  }

  #publish(): void {
    const { problems } = this.#measured();
    this.metrics.degraded.set(problems.length > 0 ? 1 : 0);
    const isDegraded = problems.length > 0;
    // A cause that is found later, as a partition without a reader, is logged when it is found.
    if (problems.some(({ cause }) => !this.#logged.has(cause)))
      this.#logger.warn(`positions do not arrive: ${problems.map(({ text }) => text).join('; ')}`);
    for (const { cause } of problems) this.#logged.add(cause);
    if (isDegraded === this.isDegraded) return;
    if (!isDegraded) {
      this.#logged.clear();
      this.#logger.warn(
        `positions arrive again after ${Math.round(performance.now() - this.#degradedAt!)} ms`,
      );
    }
    this.#degradedAt = isDegraded ? performance.now() : null;
    for (const listener of this.#listeners) listener(isDegraded);
  }

  #isUnread(partition: number): boolean {
    const since = this.#unreadSince.get(partition);
    return since !== undefined && this.#measuredAt - since >= WITHOUT_READER_MS;
  }

  #isSilent(): boolean {
    return performance.now() - this.#measuredAt >= SILENT_MS;
  }
}
