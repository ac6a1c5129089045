import type { Point } from '#geo';

/** Geo sets end at latitude 85.05. Positions beyond are stored at that edge, and found without GEOSEARCH. */
const MAX_LAT = 85.05;
const STEPS_PER_DEGREE = 4_096;
/** A geo set divides the longitudes from -180 to 180, and the latitudes between ±`LAT_RANGE`, into `STEPS` steps. */
const LAT_RANGE = 85.05112878;
const STEPS = 2 ** 26;
const HALF = 13;
const LOW = 2 ** HALF - 1;

/**
 * Score of a position in a geo set: 52 bits, those of lng and lat interleaved, equal to what GEOADD computes
 * (https://redis.io/commands/geoadd). The position is rounded to a grid of 1/4096 degree, at most 27 m. So a car that stands
 * or crawls costs no write. The set only selects candidates; the distance is measured on the record.
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

/** Inserts a 0 before each of the lowest 14 bits; https://graphics.stanford.edu/~seander/bithacks.html#InterleaveBMN */
function spread(bits: number): number {
  let spaced = (bits | (bits << 8)) & 0x00ff00ff;
  spaced = (spaced | (spaced << 4)) & 0x0f0f0f0f;
  spaced = (spaced | (spaced << 2)) & 0x33333333;
  return (spaced | (spaced << 1)) & 0x55555555;
}

/** Maximum error of a geo set: half a diagonal of the grid, 19.2 m, and the 0.6 m precision of 52 bits; rounded up. */
export const GEO_SET_ERROR_M = 20;
