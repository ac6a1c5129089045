import { bearing, distanceM, nearestShare, normalizeHeading, type Point, turnBetween, wrapLng } from '#geo';
import { JitterBuffer } from './jitter-buffer.js';
import { type LookAhead, type MarkerPlace, placeAt, restsAt, type TimedPosition } from './motion.js';

const MAX_POSITIONS = 32;
/** Distance from the right place beyond which a marker jumps there. */
const JUMP_M = 500;
/** Time constant with which a marker approaches the time that it should show; its speed stays within SLOWEST and QUICKEST times that of the car. */
const CATCH_UP_MS = 1_500;
const SLOWEST = 0.5;
const QUICKEST = 1.5;
/** Speed at which a late marker may cross a stretch where the car was slow or stopped. */
const HURRY_MPS = 20;
const STANDS_MPS = 0.1;
/** Time constant with which a marker off the track returns to it. */
const CORRECTION_MS = 500;
const CORRECTION_MPS = 5;
/** Speed at which a marker ahead of the car moves back. Mostly it waits for the car, but this way it ends in the right place. */
const BACK_MPS = 1;
const TURN_MS = 200;

/** Drawn state: the place on the track, and the rest of the last correction. */
type Shown = { now: number; place: MarkerPlace; offset: Point; turn: number };

/**
 * The marker of one vehicle on a screen. It moves along the positions with a delay, so that there is a next one to move
 * to; the delay adapts to how they arrive. A late position, or one that corrects a guess, never makes it jump or turn
 * back: it continues from where it is drawn, at most at 1.5 times the speed of the car or at 20 m/s, and 5 m/s sideways.
 * When positions stop, it continues for {@link LookAhead} and stops. It jumps only over 500 m, or over a step that no car
 * can drive. At an interval of ten seconds, a late position may reveal an unknown turn, and the marker moves back to it.
 *
 * `now` is epoch ms in the clock of the positions; a few seconds of difference are harmless.
 */
export class Marker {
  readonly #ahead: LookAhead;
  readonly #jitter = new JitterBuffer();
  readonly #track: TimedPosition[] = [];
  #shown: Shown | null = null;

  constructor(ahead: LookAhead = {}) {
    this.#ahead = ahead;
  }

  /** Current delay of the marker, ms. */
  get delayMs(): number {
    return this.#jitter.delayMs;
  }

  /** Adds a position, in any order. A position with a known time, or older than the last 32, is ignored. */
  add(position: TimedPosition, now: number): void {
    const newest = this.#track.at(-1);
    const i = this.#track.findLastIndex(({ t }) => t <= position.t) + 1;
    if (this.#track[i - 1]?.t === position.t || (i === 0 && this.#track.length === MAX_POSITIONS)) return;
    const seen = this.at(now);
    if (newest === undefined) this.#jitter.begin(now - position.t);
    else if (position.t > newest.t) this.#jitter.add(now - newest.t);
    this.#track.splice(i, 0, position);
    const due = this.#placeAt(this.#dueAt(now), now);
    if (seen === null || distanceM(seen, due) > JUMP_M)
      this.#shown = { now, place: due, offset: { lat: 0, lng: 0 }, turn: 0 };
    else this.#shown = this.#continueFrom(seen, i, now);
    if (this.#track.length > MAX_POSITIONS) this.#track.shift();
  }

  /** Returns where to draw the marker; call it for each frame of the screen. Null before the first position. */
  at(now: number): MarkerPlace | null {
    if (this.#shown === null) return null;
    const { now: before, place, offset, turn } = this.#shown;
    const passedMs = Math.max(0, now - before);
    const next = this.#placeAt(this.#timeAfter(place.t, passedMs, now), now);
    this.#shown = {
      now: before + passedMs,
      place: next,
      offset: shrunk(offset, place, next, passedMs / 1_000),
      turn: turn * Math.exp(-passedMs / TURN_MS),
    };
    return drawn(this.#shown);
  }

  /** Returns the time to show next: it advances with real time, faster or slower until it is right. */
  #timeAfter(t: number, passedMs: number, now: number): number {
    const behindMs = now - this.delayMs - (t + passedMs);
    const nearerMs = behindMs * (1 - Math.exp(-passedMs / CATCH_UP_MS));
    const { untilT, speedMps } = this.#legAt(t);
    const usual = t + passedMs * QUICKEST;
    const hurried = Math.min(untilT, t + (passedMs * HURRY_MPS) / Math.max(speedMps, STANDS_MPS));
    const earliest = t + passedMs * SLOWEST;
    const next = Math.max(earliest, Math.min(t + passedMs + nearerMs, Math.max(usual, hurried)));
    return Math.min(next, restsAt(this.#track.at(-1)!, this.#ahead));
  }

  #legAt(t: number): { untilT: number; speedMps: number } {
    const i = this.#track.findLastIndex((position) => position.t <= t);
    const from = this.#track[i];
    const to = this.#track[i + 1];
    if (to === undefined) return { untilT: t, speedMps: from!.speedMps ?? 0 };
    const speedMps = from === undefined ? 0 : distanceM(from, to) / ((to.t - from.t) / 1_000);
    return { untilT: to.t, speedMps };
  }

  /** Continues on the changed track at the point nearest to where the marker is drawn. */
  #continueFrom(seen: MarkerPlace, changed: number, now: number): Shown {
    const place = this.#placeAt(this.#nearestTime(seen, changed), now);
    return {
      now,
      place,
      offset: { lat: seen.lat - place.lat, lng: wrapLng(seen.lng - place.lng) },
      turn: turnBetween(place.heading, seen.heading),
    };
  }

  /** Searches only the legs to and from the new position; the rest of the track has not changed. */
  #nearestTime(seen: MarkerPlace, changed: number): number {
    const [before, added, after] = [
      this.#track[changed - 1],
      this.#track[changed]!,
      this.#track[changed + 1],
    ];
    if (seen.t < (before ?? added).t || (after !== undefined && seen.t >= after.t)) return seen.t;
    const onLegs = [before, added, after]
      .filter((position) => position !== undefined)
      .flatMap((to, i, legs) => (i === 0 ? [] : [nearestOn(legs[i - 1]!, to, seen)]));
    return onLegs.reduce((best, other) => (other.metres < best.metres ? other : best), {
      t: seen.t,
      metres: Number.POSITIVE_INFINITY,
    }).t;
  }

  #dueAt(now: number): number {
    return Math.min(now - this.delayMs, restsAt(this.#track.at(-1)!, this.#ahead));
  }

  #placeAt(t: number, now: number): MarkerPlace {
    return placeAt(this.#track, t, now, this.#ahead);
  }
}

function nearestOn(from: TimedPosition, to: TimedPosition, seen: Point): { t: number; metres: number } {
  const share = nearestShare(from, to, seen);
  const t = from.t + share * (to.t - from.t);
  return { t, metres: distanceM(placeAt([from, to], t, t, {}), seen) };
}

function drawn({ place, offset, turn }: Shown): MarkerPlace {
  return { ...place, ...moved(place, offset), heading: normalizeHeading(place.heading + turn) };
}

const moved = ({ lat, lng }: Point, offset: Point): Point => ({
  lat: lat + offset.lat,
  lng: wrapLng(lng + offset.lng),
});

/** Returns the rest of a correction after the marker has moved from one place to another. */
function shrunk(offset: Point, from: MarkerPlace, to: MarkerPlace, seconds: number): Point {
  if (seconds === 0) return offset;
  const off = moved(to, offset);
  const metres = distanceM(to, off);
  if (metres < 0.01) return { lat: 0, lng: 0 };
  const angle = (turnBetween(to.heading, bearing(to, off)) * Math.PI) / 180;
  const sideM = CORRECTION_MPS * seconds;
  const backM = distanceM(from, to) + BACK_MPS * seconds;
  const isAhead = Math.cos(angle) > 0;
  const mostM = isAhead ? Math.min(backM / Math.cos(angle), sideM / Math.abs(Math.sin(angle))) : sideM;
  const lessM = Math.min(mostM, metres * (1 - Math.exp((-1_000 * seconds) / CORRECTION_MS)));
  const share = 1 - lessM / metres;
  return { lat: offset.lat * share, lng: offset.lng * share };
}
