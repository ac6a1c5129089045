import { bearing, between, destination, distanceM, normalizeHeading, reachable, turnBetween } from '#geo';
import { FASTEST } from '#protocol';

/** Position in a push: of a watched driver, of a vehicle in a frame, or of a car nearby. */
export type TimedPosition = {
  /** time of the position, epoch ms, in one clock for all positions of a car */
  t: number;
  /** degrees north */
  lat: number;
  /** degrees east */
  lng: number;
  /** degrees clockwise from true north, [0, 360); null until the car has moved */
  heading: number | null;
  /** metres per second; without it, the marker does not go beyond the newest position */
  speedMps?: number;
};

/** Limits of the extrapolation beyond the newest known position. */
export type LookAhead = {
  /** time after which it stops, ms; 3,000 by default */
  maxAheadMs?: number;
  /** maximum distance, metres; 30 by default, which two fixes of a parked car may be apart */
  maxAheadM?: number;
};

/** Options of {@link interpolate}. */
export type InterpolateOptions = LookAhead & {
  /** delay of the marker behind `now`, ms; by default a little more than the interval of the positions */
  delayMs?: number;
};

/** Place at which to draw a marker. */
export type MarkerPlace = {
  /** time at which the car was there, epoch ms of the device */
  t: number;
  /** degrees north */
  lat: number;
  /** degrees east, [-180, 180) */
  lng: number;
  /** degrees clockwise from true north, [0, 360): the direction of movement, also after a stop */
  heading: number;
  /** age of the newest known fix, ms */
  ageMs: number;
  /** whether positions have stopped, and so has the marker: the place of the car is unknown for `ageMs` */
  stale: boolean;
};

const AHEAD = { maxAheadMs: 3_000, maxAheadM: 30 };
const SLACK = 1.2;
/** Duration of a turn at a corner. */
const TURN_MS = 600;
/** Minimum length of a leg whose direction is more reliable than the heading in the position. */
const MIN_COURSE_M = 8;

/**
 * Computes the place of one vehicle's marker between its positions, with a delay, so that there is a next one to move to.
 * Beyond the newest position it continues with that heading and speed, slows down, and stops after {@link LookAhead}. Pure
 * and continuous in `now`, except for a step that no car can drive, over which it jumps. More positions can change the
 * place for the same moment; use a `Marker` to draw while positions arrive.
 * @param positions at least one, in any order
 * @param now epoch ms, in the clock of the positions
 */
export function interpolate(
  positions: readonly TimedPosition[],
  now: number,
  options: InterpolateOptions = {},
): MarkerPlace {
  const track = positions.toSorted((a, b) => a.t - b.t).filter((at, i, all) => at.t !== all[i - 1]?.t);
  return placeAt(track, now - (options.delayMs ?? SLACK * typicalIntervalMs(track)), now, options);
}

/**
 * Returns the place on a track at a time.
 * @param track at least one position, sorted by time, with distinct times
 */
export function placeAt(
  track: readonly TimedPosition[],
  t: number,
  now: number,
  ahead: LookAhead,
): MarkerPlace {
  const i = track.findLastIndex((position) => position.t <= t);
  const { lat, lng } = pointAt(track, i, t, ahead);
  const newest = track.at(-1)!;
  return {
    t,
    lat,
    lng,
    heading: headingAt(track, i, t),
    ageMs: Math.max(0, now - newest.t),
    stale: t >= restsAt(newest, ahead),
  };
}

/** Returns when a marker without further positions stops, in the time of the positions. */
export function restsAt({ t, speedMps }: TimedPosition, ahead: LookAhead): number {
  if (speedMps === undefined) return t;
  const { maxAheadMs, maxAheadM } = { ...AHEAD, ...ahead };
  // With constant deceleration, it covers half the distance of full speed.
  return t + (speedMps > 0 ? Math.min(maxAheadMs, (2_000 * maxAheadM) / speedMps) : maxAheadMs);
}

function pointAt(track: readonly TimedPosition[], i: number, t: number, ahead: LookAhead) {
  const from = track[i];
  const to = track[i + 1];
  if (from === undefined) return track[0]!;
  if (to === undefined) return beyond(from, t, ahead);
  return reachable(from, to) ? between(from, to, (t - from.t) / (to.t - from.t)) : from;
}

/** Constant deceleration to a stop: v·t - v·t²/2T. */
function beyond(newest: TimedPosition, t: number, ahead: LookAhead) {
  const restsAfterS = (restsAt(newest, ahead) - newest.t) / 1_000;
  const s = Math.min((t - newest.t) / 1_000, restsAfterS);
  if (s <= 0) return newest;
  const { heading, speedMps = 0 } = newest;
  return destination(newest, heading ?? 0, speedMps * (s - s ** 2 / (2 * restsAfterS)));
}

/** Returns the course of the leg, blended with that of its neighbor near the corner. */
function headingAt(track: readonly TimedPosition[], i: number, t: number): number {
  const isSecondHalf = i >= 0 && i + 1 < track.length && t > (track[i]!.t + track[i + 1]!.t) / 2;
  const corner = isSecondHalf ? i + 1 : Math.max(0, i);
  const at = track[corner]!.t;
  const before = at - (track[corner - 1]?.t ?? Number.NEGATIVE_INFINITY);
  const after = (track[corner + 1]?.t ?? Number.POSITIVE_INFINITY) - at;
  const turnMs = Math.min(TURN_MS, before, after);
  const share = Math.max(0, Math.min(1, 0.5 + (t - at) / turnMs));
  const course = courseFrom(track, corner - 1);
  return normalizeHeading(course + share * turnBetween(course, courseFrom(track, corner)));
}

/** Returns the course of the leg that begins at a position; after the newest and before the first, the heading in the position. */
function courseFrom(track: readonly TimedPosition[], i: number): number {
  const from = track[i];
  const to = track[i + 1];
  if (from === undefined) return to!.heading ?? 0;
  if (to === undefined) return from.heading ?? 0;
  return distanceM(from, to) < MIN_COURSE_M || !reachable(from, to) ? (to.heading ?? 0) : bearing(from, to);
}

function typicalIntervalMs(track: readonly TimedPosition[]): number {
  const intervals = track.slice(1).map(({ t }, i) => t - track[i]!.t);
  return intervals.toSorted((a, b) => a - b)[intervals.length >> 1] ?? FASTEST.intervalMs;
}
