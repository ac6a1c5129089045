export { type Actor, begin, type NewTrip, SERVICE, type TripRecord } from './record.js';
export { change, giveUp, makeOffer, withdraw } from './step.js';
export { assertMaySee, partyOf, viewOf } from './view.js';
