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

  /** Median in MB of each process in one minute, counted from 0. */
  inMinute(minute: number): Record<string, number> {
    const from = this.#startedAt + minute * MINUTE_MS;
    const samples = this.#samples.filter(({ at }) => at >= from && at < from + MINUTE_MS);
    const names = Object.keys(samples.at(-1)?.mb ?? {});
    return Object.fromEntries(
      names.map((name) => [name, median(samples.flatMap(({ mb }) => mb[name] ?? []))]),
    );
  }

  /** Compares each minute with the first one after the processes settled, for some of them. */
  verdicts(names: string[], settledMinute: number, minutes: number): Verdict[] {
    return names.map((name) => {
      const first = this.inMinute(settledMinute)[name] ?? Number.NaN;
      const later = Array.from(
        { length: minutes - settledMinute },
        (_, i) => this.inMinute(settledMinute + i)[name]!,
      );
      const change = Math.max(...later.map((mb) => Math.abs(mb / first - 1) * 100));
      const what = `largest change of the memory of ${name} after minute ${settledMinute} (${first} MB, at the end ${later.at(-1)} MB), percent`;
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
