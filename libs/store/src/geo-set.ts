import type { Point } from '#geo';

/** Geo sets end at 85.05; what lies beyond is kept at their edge, and found without them. */
const MAX_LAT = 85.05;
const STEPS_PER_DEGREE = 4_096;
/** A geo set divides the degrees from -180 to 180, and from minus this to this, into so many steps. */
const LAT_RANGE = 85.05112878;
const STEPS = 2 ** 26;
const HALF = 13;
const LOW = 2 ** HALF - 1;

/**
 * Where a geo set has a driver, as the score of a member: the bits of lng and lat in turn, 52 of them, as GEOADD makes it
 * (https://redis.io/commands/geoadd). The position is on a grid of 1/4096 degree, 27 m at most: the set only says who may
 * be near, and is not written for a car that stands or crawls; the distance is measured on the record.
 */
export function geoSetScore({ lat, lng }: Point): number {
  const y = stepOf(snap(Math.max(-MAX_LAT, Math.min(MAX_LAT, lat))), LAT_RANGE);
  const x = stepOf(snap(lng), 180);
  const high = 2 * spread(x >>> HALF) + spread(y >>> HALF);
  return high * STEPS + 2 * spread(x & LOW) + spread(y & LOW);
}

const snap = (degrees: number): number => Math.round(degrees * STEPS_PER_DEGREE) / STEPS_PER_DEGREE;

const stepOf = (degrees: number, range: number): number =>
  Math.floor(((degrees + range) / (2 * range)) * STEPS);

/** Puts a 0 before each of the lowest 14 bits; https://graphics.stanford.edu/~seander/bithacks.html#InterleaveBMN */
function spread(bits: number): number {
  let spaced = (bits | (bits << 8)) & 0x00ff00ff;
  spaced = (spaced | (spaced << 4)) & 0x0f0f0f0f;
  spaced = (spaced | (spaced << 2)) & 0x33333333;
  return (spaced | (spaced << 1)) & 0x55555555;
}

/** Half a diagonal of the grid, 19.2 m, and the 0.6 m by which a set's 52 bits are off. */
export const GEO_SET_ERROR_M = 20;
