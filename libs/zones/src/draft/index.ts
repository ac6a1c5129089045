export type { FeatureCorrection, ZoneCollection, ZoneFeature, ZoneGeometry } from '../geojson.js';
export type { AnyRules, ZoneDraft, ZoneEdit } from '../zone-draft.js';
export {
  applyAccepted,
  applyChecked,
  type DraftFacts,
  type Effect,
  locksIn,
  NotAppliedError,
} from './check-update.js';
export {
  changeParts,
  changeZone,
  insertVertex,
  moveVertex,
  newZoneId,
  putZone,
  removeVertex,
  setKind,
  setLock,
  setName,
  setPolygons,
  setRules,
  type VertexPlace,
} from './edit.js';
export { MalformedZoneError, problemOfDraft, readZone, readZones } from './read.js';
export { ROOT, type ZonesType, type ZoneType, zonesIn } from './shape.js';
