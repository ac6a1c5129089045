import { bearing, between, destination, distanceM, normalizeHeading, reachable, turnBetween } from '#geo';
import { FASTEST } from '#protocol';

/** A position as it is pushed, of a followed driver or of a vehicle in a frame. */
export type TimedPosition = {
  /** device time of the fix, epoch ms */
  t: number;
  /** degrees north */
  lat: number;
  /** degrees east */
  lng: number;
  /** degrees clockwise from true north, [0, 360) */
  heading: number;
  /** metres per second */
  speedMps: number;
};

/** How far a marker may go beyond the newest position that is known. */
export type LookAhead = {
  /** it stands still after so long, ms; 3000 by default */
  maxAheadMs?: number;
  /** and never goes further, metres; 30 by default: two readings of a standing car may lie as far apart */
  maxAheadM?: number;
};

/** Options of {@link interpolate}. */
export type InterpolateOptions = LookAhead & {
  /** how far behind `now` the marker is drawn, ms; by default a little more than the time between two positions */
  delayMs?: number;
};

/** Where to draw a marker. */
export type MarkerPlace = {
  /** the time that it shows, epoch ms of the device: the car was there then */
  t: number;
  /** degrees north */
  lat: number;
  /** degrees east, [-180, 180) */
  lng: number;
  /** degrees clockwise from true north, [0, 360): where it moves to, or where it stopped */
  heading: number;
  /** since the newest known fix was taken, ms */
  ageMs: number;
  /** positions have stopped, and so has the marker: nothing is known of where the car is since `ageMs` */
  stale: boolean;
};

const AHEAD = { maxAheadMs: 3_000, maxAheadM: 30 };
const SLACK = 1.2;
/** A turn at a corner is spread over this time. */
const TURN_MS = 600;
/** A shorter way says less about the direction than the heading that came with the position. */
const MIN_COURSE_M = 8;

/**
 * Where the marker of one vehicle is: on the way between its positions, some time ago, so that there is a next one to
 * drive to. Beyond the newest it goes on with that one's heading and speed, ever slower, and stops after
 * {@link LookAhead}. Pure, and without a jump in `now`; a step that no car can drive is not driven but taken at once.
 * More positions may put the same moment elsewhere: what is drawn on a screen while positions come in is a `Marker`.
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
 * The place that a track shows for a time.
 * @param track at least one position, by time, each time once
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

/** When a marker that hears nothing more comes to rest, in the time of the positions. */
export function restsAt({ t, speedMps }: TimedPosition, ahead: LookAhead): number {
  const { maxAheadMs, maxAheadM } = { ...AHEAD, ...ahead };
  // Slowing down evenly, it goes half as far as it would at full speed.
  return t + (speedMps > 0 ? Math.min(maxAheadMs, (2_000 * maxAheadM) / speedMps) : maxAheadMs);
}

function pointAt(track: readonly TimedPosition[], i: number, t: number, ahead: LookAhead) {
  const from = track[i];
  const to = track[i + 1];
  if (from === undefined) return track[0]!;
  if (to === undefined) return beyond(from, t, ahead);
  return reachable(from, to) ? between(from, to, (t - from.t) / (to.t - from.t)) : from;
}

/** Slowing down evenly to a stand: v·t - v·t²/2T. */
function beyond(newest: TimedPosition, t: number, ahead: LookAhead) {
  const restsAfterS = (restsAt(newest, ahead) - newest.t) / 1_000;
  const s = Math.min((t - newest.t) / 1_000, restsAfterS);
  if (s <= 0) return newest;
  return destination(newest, newest.heading, newest.speedMps * (s - s ** 2 / (2 * restsAfterS)));
}

/** The course of the leg, which at its ends turns over into that of its neighbour. */
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

/** The course of the leg that begins at a position; of the newest one, and before the first, what came with it. */
function courseFrom(track: readonly TimedPosition[], i: number): number {
  const from = track[i];
  const to = track[i + 1];
  if (from === undefined) return to!.heading;
  if (to === undefined) return from.heading;
  return distanceM(from, to) < MIN_COURSE_M || !reachable(from, to) ? to.heading : bearing(from, to);
}

function typicalIntervalMs(track: readonly TimedPosition[]): number {
  const intervals = track.slice(1).map(({ t }, i) => t - track[i]!.t);
  return intervals.toSorted((a, b) => a - b)[intervals.length >> 1] ?? FASTEST.intervalMs;
}
