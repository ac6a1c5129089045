export { driverWhoLostOffer } from './offer.js';
export { type Actor, begin, type NewTrip, SERVICE, type TripRecord } from './record.js';
export { cancelConflicting, change, giveUp, makeOffer, withdraw } from './step.js';
export { partsOf } from './summary.js';
export { assertMaySee, partyOf, sharedEtaOf, sharedPositionOf, sharedViewOf, viewOf } from './view.js';
