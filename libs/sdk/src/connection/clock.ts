import { Emitter } from '../util/emitter.js';

/** Error of the device's clock. */
export type ClockOffset = {
  /** the service's time minus the device's, ms: negative if the device's clock is fast, 0 if it is right within two seconds */
  offsetMs: number;
};

/** Events of a {@link ServiceClock}. */
export type ClockEvents = {
  /** Emitted when `correctionMs` has changed. */
  change: ClockOffset;
};

/** A device whose clock is off by less than this needs no correction. */
const TOLERANCE_MS = 2_000;
/** Smaller changes of the correction are not emitted. */
const CHANGE_MS = 1_000;
/** Difference between the advance of the device's clock and of `performance.now()` that neither drift nor slewing explains. */
const JUMP_MS = 500;

/**
 * The service's clock, from readings of which the one with the shortest round trip counts (F. Cristian, Distributed
 * Computing 3, 1989). Between readings it advances with `performance.now()`, so it does not jump with the device's clock.
 */
export class ServiceClock extends Emitter<ClockEvents> {
  /** lead over `performance.now()`; null before the first reading */
  #aheadMs: number | null = null;
  /** round trip of the reading that counts; the next shorter one replaces it */
  #roundTripMs = Number.POSITIVE_INFINITY;
  /** error bound of `aheadMs` */
  #errorMs = 0;
  /** lead of the device's clock over `performance.now()` at that reading */
  #deviceAheadMs = 0;
  #emittedMs = 0;

  /** Returns the service's time, whole epoch ms; the device's time before the first reading. */
  now(): number {
    return Math.round(performance.now() + (this.#aheadMs ?? deviceAheadMs()));
  }

  /** Correction to add to a time of the device, ms; 0 while its clock may be right within two seconds. */
  get correctionMs(): number {
    const offsetMs = this.now() - Date.now();
    return Math.abs(offsetMs) > TOLERANCE_MS + this.#errorMs ? offsetMs : 0;
  }

  /**
   * Whether `correctionMs` holds. It does not before the first reading, nor after the device has slept, which may stop
   * `performance.now()`, or its clock was set: the two look the same, and the next reading settles it.
   */
  get isMeasured(): boolean {
    return this.#aheadMs !== null && Math.abs(deviceAheadMs() - this.#deviceAheadMs) < JUMP_MS;
  }

  /** Makes the next reading count, however long its round trip. */
  restart(): void {
    this.#roundTripMs = Number.POSITIVE_INFINITY;
  }

  /**
   * Adds a reading.
   * @param serviceMs time by the service, epoch ms, read between `sentAt` and now
   * @param sentAt a value of `performance.now()`
   */
  add(serviceMs: number, sentAt: number): void {
    const receivedAt = performance.now();
    if (receivedAt - sentAt >= this.#roundTripMs) return;
    this.#roundTripMs = receivedAt - sentAt;
    this.#errorMs = this.#roundTripMs / 2;
    this.#aheadMs = serviceMs - (sentAt + receivedAt) / 2;
    this.#deviceAheadMs = deviceAheadMs();
    const { correctionMs } = this;
    if (Math.abs(correctionMs - this.#emittedMs) < CHANGE_MS) return;
    this.#emittedMs = correctionMs;
    this.emit('change', { offsetMs: Math.round(correctionMs) });
  }
}

const deviceAheadMs = (): number => Date.now() - performance.now();
