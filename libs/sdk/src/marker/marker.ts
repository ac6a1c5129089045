import { bearing, distanceM, nearestShare, normalizeHeading, type Point, turnBetween, wrapLng } from '#geo';
import { JitterBuffer } from './jitter-buffer.js';
import { type LookAhead, type MarkerPlace, placeAt, restsAt, type TimedPosition } from './motion.js';

const MAX_POSITIONS = 32;
/** Further than this from where it should be, a marker is put there. */
const JUMP_M = 500;
/** How fast a marker gets nearer to the time that it should show; never slower or faster than the car by more than half. */
const CATCH_UP_MS = 1_500;
const SLOWEST = 0.5;
const QUICKEST = 1.5;
/** Where the car was slow or stood, a marker that is behind may go as fast as this. */
const HURRY_MPS = 20;
const STANDS_MPS = 0.1;
/** How fast a marker that is off the track gets back to it. */
const CORRECTION_MS = 500;
const CORRECTION_MPS = 5;
/** What it is ahead, it waits for the car to make up; only this much it gives back, and so stands right in the end. */
const BACK_MPS = 1;
const TURN_MS = 200;

/** What is drawn: the track at a time, and what is left of the last correction. */
type Shown = { now: number; place: MarkerPlace; offset: Point; turn: number };

/**
 * The marker of one vehicle on a screen. It drives along the positions that it was given, a little behind, so that there
 * is a next one to drive to; how far behind follows the rhythm in which they come. It never jumps and never turns back
 * because of a position that comes late or corrects what it guessed: it goes on from where it is seen, at most half as
 * fast again as the car, or at 20 m/s, and 5 m/s sideways. When positions stop it goes on for {@link LookAhead} and
 * stands. Only what is over 500 m away, or no car can drive, is taken at once. With ten seconds from one position to the
 * next, one that comes late may show a turn that was not known, and the marker drives back to it.
 *
 * `now` is epoch ms in the clock of the positions; a few seconds off do no harm.
 */
export class Marker {
  readonly #ahead: LookAhead;
  readonly #rhythm = new JitterBuffer();
  readonly #track: TimedPosition[] = [];
  #shown: Shown | null = null;

  constructor(ahead: LookAhead = {}) {
    this.#ahead = ahead;
  }

  /** How far behind it is drawn at present, ms. */
  get delayMs(): number {
    return this.#rhythm.delayMs;
  }

  /** Takes a position when it comes in, in any order; one of a known time, or older than the last 32, changes nothing. */
  add(position: TimedPosition, now: number): void {
    const newest = this.#track.at(-1);
    const i = this.#track.findLastIndex(({ t }) => t <= position.t) + 1;
    if (this.#track[i - 1]?.t === position.t || (i === 0 && this.#track.length === MAX_POSITIONS)) return;
    const seen = this.at(now);
    if (newest === undefined) this.#rhythm.begin(now - position.t);
    else if (position.t > newest.t) this.#rhythm.note(now - newest.t);
    this.#track.splice(i, 0, position);
    const due = this.#placeAt(this.#dueAt(now), now);
    if (seen === null || distanceM(seen, due) > JUMP_M)
      this.#shown = { now, place: due, offset: { lat: 0, lng: 0 }, turn: 0 };
    else this.#shown = this.#goneOn(seen, i, now);
    if (this.#track.length > MAX_POSITIONS) this.#track.shift();
  }

  /** Where to draw it; asked for each frame of the screen. Null before the first position. */
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

  /** The time to show next: as long after the last as has passed, faster or slower while that is not the right one. */
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
    if (to === undefined) return { untilT: t, speedMps: from!.speedMps };
    const speedMps = from === undefined ? 0 : distanceM(from, to) / ((to.t - from.t) / 1_000);
    return { untilT: to.t, speedMps };
  }

  /** The track has changed: goes on at the point of it that is nearest to where the marker is seen. */
  #goneOn(seen: MarkerPlace, changed: number, now: number): Shown {
    const place = this.#placeAt(this.#nearestTime(seen, changed), now);
    return {
      now,
      place,
      offset: { lat: seen.lat - place.lat, lng: wrapLng(seen.lng - place.lng) },
      turn: turnBetween(place.heading, seen.heading),
    };
  }

  /** On the legs to and from the position that is new; elsewhere the track is what it was. */
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

/** What is left of a correction after the track went on from one place to another. */
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
