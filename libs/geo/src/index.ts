export {
  AT_START,
  afterTrip,
  BEHIND_M,
  type Concealment,
  concealed,
  MAX_PATH_POINTS,
  RIDER_GRID_M,
  restarted,
  shownAt,
} from './concealment.js';
export { type Decision, decide, MAX_WATERMARK_AHEAD_MS } from './decide.js';
export {
  bearing,
  destination,
  distanceM,
  EARTH_RADIUS_M,
  METRES_PER_DEGREE,
  normalizeHeading,
  type Point,
  rounded,
  wrapLng,
} from './distance.js';
export { type DrivenFix, drivenM, Odometer } from './driven.js';
export { DETOUR_FACTOR, estimate } from './eta.js';
export { firstFix, type LastFix, type Moment, nextFix, type RawFix } from './last-fix.js';
export { between, nearestShare, turnBetween } from './leg.js';
export { CITY_PACE, type PriorPace, recentPaceMps } from './pace.js';
export { MAX_SPEED_MPS, reachable } from './plausible.js';
export { centreOf, contains, inBbox, unwrapped } from './polygon.js';
export { snapToGrid } from './snap.js';
export { thinned } from './thinned.js';
