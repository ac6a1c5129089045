import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { atMost, type Verdict } from '../chaos/scenario.js';

const INTERVAL_MS = 5_000;
/** Largest change of a process's memory after it has settled, percent. */
const MAX_CHANGE_PCT = 10;
const MINUTE_MS = 60_000;

type Sample = { at: number; mb: Record<string, number> };

/** Samples the resident memory of some processes. */
export class Memory {
  readonly #samples: Sample[] = [];
  readonly #startedAt = Date.now();
  readonly #timer: NodeJS.Timeout;

  /** @param pids by the name of the process; read at each sample, because one may be started again */
  constructor(private readonly pids: () => Record<string, number>) {
    this.#timer = setInterval(() => void this.#sample().catch(() => {}), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Median in MB of each process from one minute to another, counted from 0. */
  between(fromMinute: number, toMinute: number): Record<string, number> {
    const [from, to] = [fromMinute, toMinute].map((minute) => this.#startedAt + minute * MINUTE_MS) as [
      number,
      number,
    ];
    const samples = this.#samples.filter(({ at }) => at >= from && at < to);
    const names = Object.keys(samples.at(-1)?.mb ?? {});
    return Object.fromEntries(
      names.map((name) => [name, median(samples.flatMap(({ mb }) => mb[name] ?? []))]),
    );
  }

  /**
   * Compares each round of all faults with the first one after the processes settled, for some of them. Single minutes
   * differ by more than that, because a process that catches up after a fault leaves garbage.
   */
  verdicts(names: string[], settledMinute: number, minutes: number, round: number): Verdict[] {
    const rounds = Math.floor((minutes - settledMinute) / round);
    const medians = Array.from({ length: rounds }, (_, i) =>
      this.between(settledMinute + i * round, settledMinute + (i + 1) * round),
    );
    return names.map((name) => {
      const all = medians.map((round) => round[name] ?? Number.NaN);
      const change = Math.max(...all.map((mb) => Math.abs(mb / all[0]! - 1) * 100));
      const what = `largest change of the memory of ${name} (by rounds of ${round} minutes: ${all.join(', ')} MB), percent`;
      return atMost(what, Math.round(change * 10) / 10, MAX_CHANGE_PCT);
    });
  }

  async #sample(): Promise<void> {
    const pids = this.pids();
    const { stdout } = await promisify(execFile)('ps', [
      '-o',
      'pid=,rss=',
      '-p',
      Object.values(pids).join(','),
    ]);
    const rss = new Map(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]),
    );
    const mb = Object.entries(pids).flatMap(([name, pid]) =>
      rss.has(pid) ? [[name, rss.get(pid)! / 1_024]] : [],
    );
    this.#samples.push({ at: Date.now(), mb: Object.fromEntries(mb) });
  }
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
}
