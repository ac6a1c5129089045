import type { Point } from './plane.js';

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

  /** @param fixT when the position was taken, ms, by the clock of the sender; an older one than known is ignored */
  update(id: string, state: VehicleState, fixT: number, now: number): Move | null {
    const held = this.#held.get(id);
    if (held === undefined || this.#isGone(held)) return this.#appear(id, state, fixT, now);
    if (fixT < held.fixT) return null;
    const gap = fixT - held.fixT;
    held.fixT = fixT;
    // A pause is no interval: a car that stood for a minute drives on as smoothly as before.
    if (gap > 0 && gap <= MAX_INTERVAL_MS)
      held.intervalMs += (gap > held.intervalMs ? SLOWER : FASTER) * (gap - held.intervalMs);
    this.#set(held.slot, STATUS, state.status);
    this.changed = true;
    if (gap === 0) return null;
    return this.#move(held, state, now);
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
    const t1 = get(T1);
    const t0 = get(T0);
    const f = t1 > t0 ? Math.min(1, Math.max(0, (this.time(now) - t0) / (t1 - t0))) : 1;
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

  #appear(id: string, { x, y, heading, status }: VehicleState, fixT: number, now: number): Move {
    const slot = this.#held.get(id)?.slot ?? this.#take(id);
    const t = this.time(now);
    this.data.set([x, y, x, y, t, t, heading, 0, status, t, NEVER, 0], slot * STRIDE);
    this.#held.set(id, { slot, fixT, intervalMs: FIRST_INTERVAL_MS });
    this.#restsAt = Math.max(this.#restsAt, now + FADE_MS);
    this.changed = true;
    return { from: { x, y }, to: { x, y }, fromT: now, toT: now };
  }

  #move({ slot, intervalMs }: Held, { x, y, heading }: VehicleState, now: number): Move {
    const seen = this.at(this.#ids[slot]!, now)!;
    const jumps = Math.hypot(x - seen.x, y - seen.y) > JUMP_M;
    const from = jumps ? { x, y } : { x: seen.x, y: seen.y };
    const lastsMs = jumps ? 0 : Math.max(MIN_INTERVAL_MS, intervalMs) * SLACK;
    const t = this.time(now);
    const turn = ((heading - seen.heading + 540) % 360) - 180;
    this.data.set([from.x, from.y, x, y, t, t + lastsMs, seen.heading, turn], slot * STRIDE);
    this.#restsAt = Math.max(this.#restsAt, now + lastsMs);
    return { from, to: { x, y }, fromT: now, toT: now + lastsMs };
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
