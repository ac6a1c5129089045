export { driverWhoLostOffer } from './offer.js';
export {
  type Actor,
  begin,
  type NewTrip,
  NO_ZONES,
  SERVICE,
  type TripRecord,
  type TripZones,
} from './record.js';
export {
  cancelConflicting,
  change,
  giveUp,
  makeOffer,
  pass,
  placeOf,
  rate,
  withAway,
  withdraw,
  withdrawFrom,
  withNoShow,
} from './step.js';
export { classOf, seatsOf, suits, suitsAny, withProfile } from './suits.js';
export { partsOf } from './summary.js';
export {
  assertInScope,
  assertMaySee,
  isInScope,
  isWithoutPart,
  partyOf,
  roughly,
  sharedEtaOf,
  sharedPositionOf,
  sharedViewOf,
  viewOf,
} from './view.js';
