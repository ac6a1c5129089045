import type { Point } from '../plane.js';

/** Floats of one vehicle, in the layout that the vertex shader reads. Times are ms since this motion's time base. */
export const STRIDE = 12;
const X0 = 0, Y0 = 1, X1 = 2, Y1 = 3, T0 = 4, T1 = 5, HEADING = 6, TURN = 7, STATUS = 8, APPEARED = 9, GONE = 10; // biome-ignore format: one line reads as the layout

/** Reported state of a vehicle; `status` is a code of palette.ts, plus modifiers. */
export type ReportedState = Point & { heading: number; status: number };
/** A straight move on the plane between two times. */
export type Move = { from: Point; to: Point; fromT: number; toT: number };

export const FADE_MS = 450;
const NEVER = 1e9;
/** Stretches each move, so that a car is still moving when the next update is slightly late. */
const SLACK = 1.12;
const FIRST_INTERVAL_MS = 1_000;
const MIN_INTERVAL_MS = 200;
/** Longer than the interval at which riders see cars. */
const MAX_INTERVAL_MS = 6_000;
/** Smoothing factors for the interval. Stop-and-go looks worse than lag, so a longer interval is adopted faster. */
const SLOWER = 0.8;
const FASTER = 0.4;
/** A longer move is not driving: the car was out of sight, so it jumps to its new position. */
const JUMP_M = 350;
/** Interval for moving the time base: a 32-bit float is exact up to 2^24 ms, 4.6 hours. */
const REBASE_MS = 3_600_000;

type Tracked = { slot: number; fixT: number; intervalMs: number };

/**
 * Positions of vehicles between updates. A car is drawn one interval late: each update starts a move from the drawn
 * position to the reported one, which lasts as long as the usual interval of this car's updates. So nothing jumps, and a
 * car whose updates stop comes to rest at its last known position instead of moving on.
 */
export class Motion {
  /** `count` vehicles of {@link STRIDE} floats each */
  data = new Float32Array(64 * STRIDE);
  count = 0;
  /** set when `data` changes; the uploader clears it */
  changed = false;
  readonly #vehicles = new Map<string, Tracked>();
  readonly #ids: string[] = [];
  #base: number;
  #restsAt = 0;

  /** @param now current time of the clock that all calls use, ms */
  constructor(now: number) {
    this.#base = now;
  }

  /** Converts a time to the time base of `data`. */
  time(now: number): number {
    return now - this.#base;
  }

  /** Returns whether anything is still moving or fading. */
  moves(now: number): boolean {
    return now < this.#restsAt;
  }

  /**
   * Adds or moves a vehicle.
   * @param fixT time of the position, ms by the sender's clock; a position older than the known one is ignored
   * @returns the move that starts now; null without one
   */
  update(id: string, state: ReportedState, fixT: number, now: number): Move | null {
    if (!this.put(id, state, fixT, now)) return null;
    const at = this.#vehicles.get(id)!.slot * STRIDE;
    const get = (field: number) => this.data[at + field]!;
    return {
      from: { x: get(X0), y: get(Y0) },
      to: { x: get(X1), y: get(Y1) },
      fromT: this.#base + get(T0),
      toT: this.#base + get(T1),
    };
  }

  /** Like {@link update}, but does not allocate, for thousands of calls per second. @returns whether a move starts */
  put(id: string, state: ReportedState, fixT: number, now: number): boolean {
    const vehicle = this.#vehicles.get(id);
    if (vehicle === undefined || this.#isGone(vehicle)) {
      this.#appear(id, state, fixT, now);
      return true;
    }
    if (fixT < vehicle.fixT) return false;
    const gap = fixT - vehicle.fixT;
    vehicle.fixT = fixT;
    // A pause is not an interval: a car that was parked for a minute then moves as smoothly as before.
    if (gap > 0 && gap <= MAX_INTERVAL_MS)
      vehicle.intervalMs += (gap > vehicle.intervalMs ? SLOWER : FASTER) * (gap - vehicle.intervalMs);
    this.data[vehicle.slot * STRIDE + STATUS] = state.status;
    this.changed = true;
    if (gap > 0) this.#move(vehicle, state, now);
    return gap > 0;
  }

  /** Fades a vehicle out. It may come back later. */
  remove(id: string, now: number): void {
    const vehicle = this.#vehicles.get(id);
    if (vehicle === undefined || this.#isGone(vehicle)) return;
    this.#set(vehicle.slot, GONE, this.time(now));
    this.changed = true;
    this.#restsAt = Math.max(this.#restsAt, now + FADE_MS);
  }

  /** Removes the vehicles that a snapshot does not contain. */
  keepOnly(ids: ReadonlySet<string>, now: number): void {
    for (const id of this.#ids) if (!ids.has(id)) this.remove(id, now);
  }

  /** Returns the drawn position of a vehicle at a time; null for an unknown one. */
  at(id: string, now: number): (Point & { heading: number }) | null {
    const vehicle = this.#vehicles.get(id);
    if (vehicle === undefined) return null;
    const get = (field: number) => this.data[vehicle.slot * STRIDE + field]!;
    const f = progressOf(get(T0), get(T1), this.time(now));
    return {
      x: get(X0) + (get(X1) - get(X0)) * f,
      y: get(Y0) + (get(Y1) - get(Y0)) * f,
      heading: (get(HEADING) + get(TURN) * f + 360) % 360,
    };
  }

  /** Forgets vehicles that have faded out, and keeps times small. Call before drawing. */
  settle(now: number): void {
    const t = this.time(now);
    for (let slot = this.count - 1; slot >= 0; slot--)
      if (this.data[slot * STRIDE + GONE]! + FADE_MS < t) this.#free(slot);
    if (t > REBASE_MS) this.#rebase(now);
  }

  #appear(id: string, { x, y, heading, status }: ReportedState, fixT: number, now: number): void {
    const slot = this.#vehicles.get(id)?.slot ?? this.#allocate(id);
    const t = this.time(now);
    this.data.set([x, y, x, y, t, t, heading, 0, status, t, NEVER, 0], slot * STRIDE);
    this.#vehicles.set(id, { slot, fixT, intervalMs: FIRST_INTERVAL_MS });
    this.#restsAt = Math.max(this.#restsAt, now + FADE_MS);
    this.changed = true;
  }

  #move({ slot, intervalMs }: Tracked, { x, y, heading }: ReportedState, now: number): void {
    const { data } = this;
    const at = slot * STRIDE;
    const t = this.time(now);
    const f = progressOf(data[at + T0]!, data[at + T1]!, t);
    const drawnX = data[at + X0]! + (data[at + X1]! - data[at + X0]!) * f;
    const drawnY = data[at + Y0]! + (data[at + Y1]! - data[at + Y0]!) * f;
    const drawnHeading = normalized(data[at + HEADING]! + data[at + TURN]! * f);
    const jumps = (x - drawnX) ** 2 + (y - drawnY) ** 2 > JUMP_M ** 2;
    const durationMs = jumps ? 0 : Math.max(MIN_INTERVAL_MS, intervalMs) * SLACK;
    data[at + X0] = jumps ? x : drawnX;
    data[at + Y0] = jumps ? y : drawnY;
    data[at + X1] = x;
    data[at + Y1] = y;
    data[at + T0] = t;
    data[at + T1] = t + durationMs;
    data[at + HEADING] = drawnHeading;
    data[at + TURN] = normalized(heading - drawnHeading + 180) - 180;
    this.#restsAt = Math.max(this.#restsAt, now + durationMs);
  }

  #isGone({ slot }: Tracked): boolean {
    return this.data[slot * STRIDE + GONE]! < NEVER;
  }

  #set(slot: number, field: number, value: number): void {
    this.data[slot * STRIDE + field] = value;
  }

  #allocate(id: string): number {
    if ((this.count + 1) * STRIDE > this.data.length) {
      const larger = new Float32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.#ids.push(id);
    return this.count++;
  }

  /** Frees a slot and moves the last vehicle into it. */
  #free(slot: number): void {
    this.#vehicles.delete(this.#ids[slot]!);
    const last = this.#ids.pop()!;
    this.count--;
    if (slot !== this.count) {
      this.#ids[slot] = last;
      this.#vehicles.get(last)!.slot = slot;
      this.data.copyWithin(slot * STRIDE, this.count * STRIDE, (this.count + 1) * STRIDE);
    }
    this.changed = true;
  }

  #rebase(now: number): void {
    const shift = this.time(now);
    for (let slot = 0; slot < this.count; slot++)
      for (const field of [T0, T1, APPEARED, GONE]) {
        const value = this.data[slot * STRIDE + field]!;
        if (value < NEVER) this.#set(slot, field, Math.max(value - shift, -REBASE_MS));
      }
    this.#base = now;
    this.changed = true;
  }
}

/** Normalizes an angle in (-360, 720) to [0, 360). A float remainder would be expensive here. */
const normalized = (degrees: number): number =>
  degrees < 0 ? degrees + 360 : degrees < 360 ? degrees : degrees - 360;

/** Returns the completed part of a move, in [0, 1]. */
const progressOf = (t0: number, t1: number, t: number): number =>
  t1 > t0 ? Math.min(1, Math.max(0, (t - t0) / (t1 - t0))) : 1;
