import type { Point } from '#geo';

/** Geo sets end at 85.05; what lies beyond is kept at their edge, and found without them. */
const MAX_LAT = 85.05;
const STEPS_PER_DEGREE = 4_096;

/**
 * Where a geo set has a driver: on a grid of 1/4096 degree, 27 m at most. The set only says who may be near, and is
 * not written for a car that stands or crawls; the distance is measured on the record.
 */
export const geoSetPosition = ({ lat, lng }: Point): Point => ({
  lat: snap(Math.max(-MAX_LAT, Math.min(MAX_LAT, lat))),
  lng: snap(lng),
});

const snap = (degrees: number): number => Math.round(degrees * STEPS_PER_DEGREE) / STEPS_PER_DEGREE;

/** Half a diagonal of the grid, 19.2 m, and the 0.6 m by which a set's 52 bits are off. */
export const GEO_SET_ERROR_M = 20;
