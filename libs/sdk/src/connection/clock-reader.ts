import { ServiceClock } from './clock.js';

/** Number of readings in a row. */
const READINGS = 3;
/** Interval of the check whether the clock still holds. */
const CHECK_MS = 5_000;
/** Age at which it is read again, because `performance.now()` drifts. */
const MAX_AGE_MS = 600_000;

/** A connection over Socket.IO, or over plain HTTP; attempts over both run at the same time. */
type Path = 'socket' | 'fallback';

/** Reads the service's clock on each connection, again after a jump of the device's clock, and every ten minutes. */
export class ClockReader {
  readonly clock = new ServiceClock();
  /** when the last attempt over each path began, by `performance.now()` */
  readonly #beganAt = { socket: 0, fallback: 0 };
  #timer: ReturnType<typeof setInterval> | null = null;
  #readAt = 0;
  #reading: Promise<void> | null = null;

  /** @param request asks the service for its time, epoch ms */
  constructor(private readonly request: () => Promise<number>) {}

  /** Call it when an attempt to connect begins: its greeting, with the time of the service, is sent after that. */
  attemptBegins(path: Path = 'socket'): void {
    this.#beganAt[path] = performance.now();
  }

  /**
   * Call it on each new connection, because the next node may have another clock.
   * @param now time of the service in its greeting
   */
  start(now: number, path: Path = 'socket'): void {
    this.stop();
    this.clock.restart();
    this.clock.add(now, this.#beganAt[path]);
    this.#timer = setInterval(() => void this.check(), CHECK_MS);
    void this.#read();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Resolves when the clock is right, as far as the service can be asked: reads it again if it may be wrong. */
  async check(): Promise<void> {
    if (this.#timer === null) return;
    if (this.clock.isMeasured && performance.now() - this.#readAt < MAX_AGE_MS) return;
    if (this.#reading === null) this.clock.restart();
    await this.#read();
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readings().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readings(): Promise<void> {
    this.#readAt = performance.now();
    try {
      for (let reading = 0; reading < READINGS && this.#timer !== null; reading += 1) {
        const sentAt = performance.now();
        this.clock.add(await this.request(), sentAt);
      }
    } catch {
      // The connection was lost, or the service is too old to have this request.
    }
  }
}
