import type { Point } from '../plane.js';

/** Floats of one vehicle, as the graphics side reads them. Times in ms of this motion's own clock. */
export const STRIDE = 12;
const X0 = 0, Y0 = 1, X1 = 2, Y1 = 3, T0 = 4, T1 = 5, HEADING = 6, TURN = 7, STATUS = 8, APPEARED = 9, GONE = 10; // biome-ignore format: one line reads as the layout

export type VehicleState = Point & { heading: number; status: number };
/** One straight move on the plane, between two times. */
export type Move = { from: Point; to: Point; fromT: number; toT: number };

export const FADE_MS = 450;
const NEVER = 1e9;
/** Updates a little late still meet a moving car. */
const SLACK = 1.12;
const FIRST_INTERVAL_MS = 1_000;
const MIN_INTERVAL_MS = 200;
const MAX_INTERVAL_MS = 4_500;
/** How much of a new rhythm is taken on at once. To stop and go looks worse than to be late, so a slower one is, nearly. */
const SLOWER = 0.8;
const FASTER = 0.4;
/** A longer way within one move is no driving: the car was out of sight meanwhile and is put where it is now. */
const JUMP_M = 350;
/** A float counts milliseconds exactly up to 2^24, 4.6 hours. */
const REBASE_MS = 3_600_000;

type Held = { slot: number; fixT: number; intervalMs: number };

/**
 * Where vehicles are between two updates. A car is drawn one interval late: an update starts a move from where the
 * car is seen to the reported position, and lasts as long as this car's updates lie apart. So nothing jumps, and a car
 * whose updates stop comes to rest at its last known position instead of running on.
 */
export class Motion {
  /** `count` vehicles of {@link STRIDE} floats each. */
  data = new Float32Array(64 * STRIDE);
  count = 0;
  /** Set on each change of `data`; who uploads it clears it. */
  changed = false;
  readonly #held = new Map<string, Held>();
  readonly #ids: string[] = [];
  #base: number;
  #restsAt = 0;

  /** @param now of the clock that all calls use, ms */
  constructor(now: number) {
    this.#base = now;
  }

  /** The time as `data` counts it. */
  time(now: number): number {
    return now - this.#base;
  }

  /** Whether anything still moves or fades. */
  moves(now: number): boolean {
    return now < this.#restsAt;
  }

  /**
   * @param fixT when the position was taken, ms, by the clock of the sender; an older one than known is ignored
   * @returns how it moves now; null when it does not
   */
  update(id: string, state: VehicleState, fixT: number, now: number): Move | null {
    if (!this.put(id, state, fixT, now)) return null;
    const at = this.#held.get(id)!.slot * STRIDE;
    const get = (field: number) => this.data[at + field]!;
    return {
      from: { x: get(X0), y: get(Y0) },
      to: { x: get(X1), y: get(Y1) },
      fromT: this.#base + get(T0),
      toT: this.#base + get(T1),
    };
  }

  /** As {@link update}, for thousands a second: allocates nothing. @returns whether it moves now */
  put(id: string, state: VehicleState, fixT: number, now: number): boolean {
    const held = this.#held.get(id);
    if (held === undefined || this.#isGone(held)) {
      this.#appear(id, state, fixT, now);
      return true;
    }
    if (fixT < held.fixT) return false;
    const gap = fixT - held.fixT;
    held.fixT = fixT;
    // A pause is no interval: a car that stood for a minute drives on as smoothly as before.
    if (gap > 0 && gap <= MAX_INTERVAL_MS)
      held.intervalMs += (gap > held.intervalMs ? SLOWER : FASTER) * (gap - held.intervalMs);
    this.data[held.slot * STRIDE + STATUS] = state.status;
    this.changed = true;
    if (gap > 0) this.#move(held, state, now);
    return gap > 0;
  }

  /** Fades it out; what is gone may come again. */
  remove(id: string, now: number): void {
    const held = this.#held.get(id);
    if (held === undefined || this.#isGone(held)) return;
    this.#set(held.slot, GONE, this.time(now));
    this.changed = true;
    this.#restsAt = Math.max(this.#restsAt, now + FADE_MS);
  }

  /** Takes away what is not in a snapshot. */
  keepOnly(ids: ReadonlySet<string>, now: number): void {
    for (const id of this.#ids) if (!ids.has(id)) this.remove(id, now);
  }

  /** Where it is seen. */
  at(id: string, now: number): (Point & { heading: number }) | null {
    const held = this.#held.get(id);
    if (held === undefined) return null;
    const get = (field: number) => this.data[held.slot * STRIDE + field]!;
    const f = shareOf(get(T0), get(T1), this.time(now));
    return {
      x: get(X0) + (get(X1) - get(X0)) * f,
      y: get(Y0) + (get(Y1) - get(Y0)) * f,
      heading: (get(HEADING) + get(TURN) * f + 360) % 360,
    };
  }

  /** Before drawing: forgets what has faded out, keeps times small. */
  settle(now: number): void {
    const t = this.time(now);
    for (let slot = this.count - 1; slot >= 0; slot--)
      if (this.data[slot * STRIDE + GONE]! + FADE_MS < t) this.#free(slot);
    if (t > REBASE_MS) this.#rebase(now);
  }

  #appear(id: string, { x, y, heading, status }: VehicleState, fixT: number, now: number): void {
    const slot = this.#held.get(id)?.slot ?? this.#take(id);
    const t = this.time(now);
    this.data.set([x, y, x, y, t, t, heading, 0, status, t, NEVER, 0], slot * STRIDE);
    this.#held.set(id, { slot, fixT, intervalMs: FIRST_INTERVAL_MS });
    this.#restsAt = Math.max(this.#restsAt, now + FADE_MS);
    this.changed = true;
  }

  #move({ slot, intervalMs }: Held, { x, y, heading }: VehicleState, now: number): void {
    const { data } = this;
    const at = slot * STRIDE;
    const t = this.time(now);
    const f = shareOf(data[at + T0]!, data[at + T1]!, t);
    const seenX = data[at + X0]! + (data[at + X1]! - data[at + X0]!) * f;
    const seenY = data[at + Y0]! + (data[at + Y1]! - data[at + Y0]!) * f;
    const seenHeading = turned(data[at + HEADING]! + data[at + TURN]! * f);
    const jumps = (x - seenX) ** 2 + (y - seenY) ** 2 > JUMP_M ** 2;
    const lastsMs = jumps ? 0 : Math.max(MIN_INTERVAL_MS, intervalMs) * SLACK;
    data[at + X0] = jumps ? x : seenX;
    data[at + Y0] = jumps ? y : seenY;
    data[at + X1] = x;
    data[at + Y1] = y;
    data[at + T0] = t;
    data[at + T1] = t + lastsMs;
    data[at + HEADING] = seenHeading;
    data[at + TURN] = turned(heading - seenHeading + 180) - 180;
    this.#restsAt = Math.max(this.#restsAt, now + lastsMs);
  }

  #isGone({ slot }: Held): boolean {
    return this.data[slot * STRIDE + GONE]! < NEVER;
  }

  #set(slot: number, field: number, value: number): void {
    this.data[slot * STRIDE + field] = value;
  }

  #take(id: string): number {
    if ((this.count + 1) * STRIDE > this.data.length) {
      const larger = new Float32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.#ids.push(id);
    return this.count++;
  }

  /** The last vehicle moves into the hole. */
  #free(slot: number): void {
    this.#held.delete(this.#ids[slot]!);
    const last = this.#ids.pop()!;
    this.count--;
    if (slot !== this.count) {
      this.#ids[slot] = last;
      this.#held.get(last)!.slot = slot;
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

/** To [0, 360), from less than a turn away: a remainder of floats is dear. */
const turned = (degrees: number): number =>
  degrees < 0 ? degrees + 360 : degrees < 360 ? degrees : degrees - 360;

/** Which part of a move is done. */
const shareOf = (t0: number, t1: number, t: number): number =>
  t1 > t0 ? Math.min(1, Math.max(0, (t - t0) / (t1 - t0))) : 1;
