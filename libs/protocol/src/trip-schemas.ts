import { z } from 'zod';
import { DriverProfile } from './driver-profile.js';
import { Estimate } from './estimate.js';
import { DriverPosition } from './fleet.js';
import { TripPresence } from './presence.js';
import { Role } from './roles.js';
import { Position } from './schemas.js';
import { TripState } from './trips.js';

export const Eta = Estimate.extend({
  /** destination */
  to: z.enum(['pickup', 'dropoff']),
  /** time of arrival, epoch ms */
  at: z.number(),
});
/** ETA of the car: at the pick-up until the rider is in the car, then at the destination. */
export type Eta = z.infer<typeof Eta>;

export const Offer = Estimate.extend({
  /** driver who has the offer */
  driverId: z.string(),
  /** expiry of the offer, epoch ms */
  expiresAt: z.number(),
  /** metres from the pick-up to the destination, to 500; missing if unknown */
  tripDistanceM: z.number().optional(),
  /** seconds of that, to 60; missing if unknown */
  tripDurationS: z.number().optional(),
});
/** Offer of a trip to one driver, with the route to the pick-up, and roughly how far the trip goes. */
export type Offer = z.infer<typeof Offer>;

export const PastOffer = z.object({
  /** driver who was offered the trip */
  driverId: z.string(),
  /** time of the offer, epoch ms */
  at: z.number(),
  /** `assigned`: dispatch gave the trip to the driver; `withdrawn`: the offer ended before the driver answered */
  answer: z.enum(['pending', 'accepted', 'assigned', 'declined', 'expired', 'withdrawn']),
  /** time of the answer, epoch ms; null while it is pending */
  answeredAt: z.number().nullable(),
});
/** A driver who was offered a trip, with the answer. */
export type PastOffer = z.infer<typeof PastOffer>;

export const Cancellation = z.object({
  /** role that cancelled the trip */
  by: Role,
  /** `called_off`: somebody cancelled it; `no_driver`: no driver accepted it; `no_show`: the rider did not come */
  reason: z.enum(['called_off', 'no_driver', 'no_show']),
});
/** Reason why a trip was cancelled. */
export type Cancellation = z.infer<typeof Cancellation>;

export const Trip = z.object({
  /** id assigned by the service */
  id: z.string(),
  /** the user who rides; empty for a driver before it has accepted the trip, and after the trip */
  riderId: z.string(),
  /** the user who drives; null until one has accepted */
  driverId: z.string().nullable(),
  /** where the rider gets in; for its driver after the trip, on a grid of 500 m */
  pickup: Position,
  /** where the rider gets out; on a grid of 500 m for a driver before it has accepted the trip, and after the trip */
  dropoff: Position,
  /** current state */
  state: TripState,
  /** grows with every change: the higher of two versions is newer */
  version: z.number(),
  /** time of the request, epoch ms */
  createdAt: z.number(),
  /** time of the last change of state, epoch ms */
  changedAt: z.number(),
  /** time at which the trip last entered each state, epoch ms */
  times: z.partialRecord(TripState, z.number()),
  /**
   * metres between the driver's last position and the place of a step that the driver took: the pick-up for `arrived` and
   * `on_trip`, the destination for `completed`
   */
  awayM: z.partialRecord(TripState, z.number()).optional(),
  /** when the driver, who waits at the pick-up, may cancel because the rider did not come, epoch ms; missing before */
  noShowAt: z.number().optional(),
  /** whether the driver needs the rider's PIN to start; missing without one */
  needsPin: z.boolean().optional(),
  /** four digits that the rider gives the driver; visible only to the rider */
  pin: z.string().optional(),
  /** stars that the rider gave, 1 to 5; missing before */
  rating: z.number().optional(),
  /** class of the vehicle that was requested; missing for any */
  vehicleClass: z.string().optional(),
  /** number of seats that were requested; missing for one */
  seats: z.int().optional(),
  /** profile that its driver had when accepting the trip; missing without one, and before a driver has accepted */
  driver: DriverProfile.optional(),
  /** null unless it was cancelled */
  cancelled: Cancellation.nullable(),
  /** current offer; visible only to its driver, dispatchers and services */
  offer: Offer.nullable(),
  /** the last 20 drivers who were offered the trip, oldest first; visible only to dispatchers and services */
  offers: z.array(PastOffer).optional(),
  /** factor on the price in the zone of the pick-up when the trip was requested; 1 without one */
  surgeFactor: z.number(),
  /** null until a driver has accepted and reported a position */
  eta: Eta.nullable(),
  /** fleet whose drivers are offered it; visible only to dispatchers and services, and missing if any fleet's are */
  fleet: z.string().nullable().optional(),
});
/** Trip of a rider with a driver, in its current state. */
export type Trip = z.infer<typeof Trip>;

export const DeclinedTrip = z.object({
  /** id of the trip */
  id: z.string(),
  /** as the driver asked for it; nothing else of the trip concerns this driver any more */
  state: z.literal('requested'),
});
/** Answer to a driver who has declined an offer, also when the answer is sent again. */
export type DeclinedTrip = z.infer<typeof DeclinedTrip>;

export const OfferedTrip = Offer.extend({
  /** the trip */
  tripId: z.string(),
  /** where the rider gets in */
  pickup: Position,
  /** roughly where the rider gets out, on a grid of 500 m; the trip of an accepted offer says where */
  dropoff: Position,
});
/** Sent to the driver with the offer, who answers with PATCH /api/trips/:id before it expires. */
export type OfferedTrip = z.infer<typeof OfferedTrip>;

export const OfferOver = z.object({
  /** the trip */
  tripId: z.string(),
  /** another driver accepted the trip, the offer was withdrawn or expired, or the trip was cancelled */
  reason: z.enum(['taken', 'withdrawn', 'expired', 'cancelled']),
});
/** Sent to the driver with the offer when it needs no answer any more. */
export type OfferOver = z.infer<typeof OfferOver>;

export const TripEta = z.object({
  /** the trip */
  tripId: z.string(),
  /** version of the trip that the estimate belongs to */
  version: z.number(),
  /** the estimate */
  eta: Eta,
});
/**
 * New estimate for a trip while its driver is on the way. A client with an older version of the trip has missed a change
 * and must request the trip.
 */
export type TripEta = z.infer<typeof TripEta>;

export const WatchedTrip = z.object({
  /** the trip in its current state */
  trip: Trip,
  /** position of its driver; null until a driver has accepted and reported one */
  position: DriverPosition.nullable(),
  /** whether the driver is connected; null until one has accepted */
  presence: TripPresence.nullable(),
});
/** Answer to `trip:watch`; values that are not known yet are null. */
export type WatchedTrip = z.infer<typeof WatchedTrip>;
