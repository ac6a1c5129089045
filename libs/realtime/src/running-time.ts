const TICK_MS = 500;
/** Time between two ticks up to which the process was busy, and above which it stood still. */
const MAX_TICK_MS = 2 * TICK_MS;

/**
 * Time during which a process ran, ms: a clock that stops while the process stands still, as on a machine that sleeps, swaps
 * or migrates. What a client sent meanwhile is read only afterwards, so such a pause must not count against it.
 */
export class RunningTime {
  #ranMs = 0;
  #tickedAt: number;

  /** @param now by performance.now(), as everywhere here */
  constructor(now: number) {
    this.#tickedAt = now;
  }

  /** Call it at intervals of at most half a second while the process runs. */
  tick(now: number): void {
    this.#ranMs = this.at(now);
    this.#tickedAt = now;
  }

  /** Time that has passed without the pauses since the last tick. */
  at(now: number): number {
    return this.#ranMs + Math.max(0, Math.min(now - this.#tickedAt, MAX_TICK_MS));
  }
}

const time = new RunningTime(performance.now());
setInterval(() => time.tick(performance.now()), TICK_MS).unref();

/** The running time of this process. */
export const runningTime = { now: (): number => time.at(performance.now()) };
