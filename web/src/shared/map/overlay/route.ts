import type { Point } from '../plane.js';
import type { Move } from './motion.js';

/** Floats of one leg: from x, y, to x, y, from time, to time, part. */
export const LEG_STRIDE = 7;
/** A shorter leg is GPS noise of a parked car. */
const STANDS_M = 0.5;

/** Path that a car was drawn along. It grows with the car: its last leg is drawn only as far as the car has moved. */
export class Route {
  data = new Float32Array(256 * LEG_STRIDE);
  count = 0;
  /** set when `data` changes; the uploader clears it */
  changed = false;
  #base: number;

  /** @param now current time of the clock that moves use, ms */
  constructor(now: number) {
    this.#base = now;
  }

  /** Converts a time to the time base of `data`. */
  time(now: number): number {
    return now - this.#base;
  }

  /** Length in metres, including the whole last leg. */
  get lengthM(): number {
    let sum = 0;
    for (let at = 0; at < this.count * LEG_STRIDE; at += LEG_STRIDE)
      sum += Math.hypot(this.data[at + 2]! - this.data[at]!, this.data[at + 3]! - this.data[at + 1]!);
    return sum;
  }

  /** Appends a move. @param part 0 on the way to the pick-up, 1 on the trip */
  advance({ from, to, fromT, toT }: Move, part: 0 | 1): void {
    // A car that jumped leaves a gap in its path; a straight line would be wrong.
    if (toT === fromT) return;
    this.#endLast(from, fromT);
    if (Math.hypot(to.x - from.x, to.y - from.y) < STANDS_M) return;
    if ((this.count + 1) * LEG_STRIDE > this.data.length) {
      const larger = new Float32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    const leg = [from.x, from.y, to.x, to.y, this.time(fromT), this.time(toT), part];
    this.data.set(leg, this.count * LEG_STRIDE);
    this.count++;
    this.changed = true;
  }

  /** Removes all legs and sets the time base. */
  clear(now: number): void {
    this.#base = now;
    this.count = 0;
    this.changed = true;
  }

  /** Cuts the last leg where the car was when the next one began. */
  #endLast({ x, y }: Point, now: number): void {
    if (this.count === 0) return;
    const at = (this.count - 1) * LEG_STRIDE;
    if (this.data[at + 5]! <= this.time(now)) return;
    this.data[at + 2] = x;
    this.data[at + 3] = y;
    this.data[at + 5] = this.time(now);
    this.changed = true;
  }
}
