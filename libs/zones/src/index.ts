export {
  type AllowedPlace,
  nearestAllowed,
  type PlaceRefusal,
  type Purpose,
  queueZoneAt,
  refusalAt,
  surgeAt,
} from './allowed-place.js';
export { Border } from './border.js';
export {
  MAX_FROM_REGION_KM,
  type ProblemOf,
  problemsOf,
  problemsOfPolygons,
  withWinding,
  type ZoneProblem,
} from './check.js';
export {
  difference,
  inWords,
  type ZoneAspect,
  type ZoneChange,
  type ZonesDifference,
} from './difference.js';
export {
  type FeatureCorrection,
  roundedPosition,
  type ZoneCollection,
  type ZoneFeature,
} from './geojson.js';
export { exportGeoJson } from './geojson-export.js';
export { type FeatureProblem, type Import, importGeoJson } from './geojson-import.js';
export {
  type Crossing,
  decideMembership,
  decodeMembership,
  encodeMembership,
  type Membership,
  NOWHERE,
  type ZoneFix,
} from './membership.js';
export { pauses } from './pauses.js';
export {
  byClass,
  EMPTY_QUEUE,
  type Place,
  placeIn,
  pruned,
  type Queue,
  type QueueEvent,
  type QueueRules,
  queueAfter,
  waitingIn,
  waitS,
} from './queue-order.js';
export { boundsOf, signedArea, unwrapPolygon, unwrapRing, verticesOf } from './ring.js';
export { type AnyRules, type ZoneDraft, type ZoneEdit, zoneOf } from './zone-draft.js';
export { type Candidates, type IndexedZone, ZoneIndex } from './zone-index.js';
