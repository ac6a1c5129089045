import { z } from 'zod';
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
});
/** Offer of a trip to one driver, with the route to the pick-up. */
export type Offer = z.infer<typeof Offer>;

export const Cancellation = z.object({
  /** role that cancelled the trip */
  by: Role,
  /** `called_off`: somebody cancelled it; `no_driver`: no driver accepted it */
  reason: z.enum(['called_off', 'no_driver']),
});
/** Reason why a trip was cancelled. */
export type Cancellation = z.infer<typeof Cancellation>;

export const Trip = z.object({
  /** id assigned by the service */
  id: z.string(),
  /** the user who rides */
  riderId: z.string(),
  /** the user who drives; null until one has accepted */
  driverId: z.string().nullable(),
  /** where the rider gets in */
  pickup: Position,
  /** where the rider gets out */
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
  /** null unless it was cancelled */
  cancelled: Cancellation.nullable(),
  /** current offer; visible only to its driver, dispatchers and services */
  offer: Offer.nullable(),
  /** null until a driver has accepted and reported a position */
  eta: Eta.nullable(),
});
/** Trip of a rider with a driver, in its current state. */
export type Trip = z.infer<typeof Trip>;

export const OfferedTrip = Offer.extend({
  /** the trip */
  tripId: z.string(),
  /** where the rider gets in */
  pickup: Position,
  /** where the rider gets out */
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
