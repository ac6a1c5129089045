import type { Point } from '../plane.js';
import type { Move } from './motion.js';

/** Floats of one leg: from x, y, to x, y, from time, to time, part of the way. */
export const LEG_STRIDE = 7;
/** A shorter leg is the noise of a car that stands. */
const STANDS_M = 0.5;

/** The way a car was seen to drive. It grows with the car: its last leg is drawn only as far as the car has come. */
export class Route {
  data = new Float32Array(256 * LEG_STRIDE);
  count = 0;
  changed = false;
  #base: number;

  /** @param now of the clock that moves are timed by, ms */
  constructor(now: number) {
    this.#base = now;
  }

  time(now: number): number {
    return now - this.#base;
  }

  /** Metres, the leg that is being driven included. */
  get lengthM(): number {
    let sum = 0;
    for (let at = 0; at < this.count * LEG_STRIDE; at += LEG_STRIDE)
      sum += Math.hypot(this.data[at + 2]! - this.data[at]!, this.data[at + 3]! - this.data[at + 1]!);
    return sum;
  }

  /** @param part of the way: 0 to the pick-up, 1 on the trip */
  advance({ from, to, fromT, toT }: Move, part: 0 | 1): void {
    // Where a car was put rather than driven, the way has a hole; a straight line would be a lie.
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

  clear(now: number): void {
    this.#base = now;
    this.count = 0;
    this.changed = true;
  }

  /** A leg that the next one overtook ends where the car was by then. */
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
