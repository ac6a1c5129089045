export { type Decision, decide, type LastFix, MAX_SPEED_MPS, type Reading } from './decide.js';
export {
  bearing,
  destination,
  distanceM,
  EARTH_RADIUS_M,
  normalizeHeading,
  type Point,
  wrapLng,
} from './distance.js';
