import { z } from 'zod';
import { Estimate } from './estimate.js';
import { DriverPosition } from './fleet.js';
import { TripPresence } from './presence.js';
import { Role } from './roles.js';
import { Position } from './schemas.js';
import { TripState } from './trips.js';

export const Eta = Estimate.extend({
  /** where it drives to */
  to: z.enum(['pickup', 'dropoff']),
  /** when it is there, epoch ms */
  at: z.number(),
});
/** When the car will be there: at the pick-up until the rider is in it, then at the drop-off. */
export type Eta = z.infer<typeof Eta>;

export const Offer = Estimate.extend({
  /** who is asked */
  driverId: z.string(),
  /** when it is gone, epoch ms */
  expiresAt: z.number(),
});
/** A trip as it is offered to one driver, with the way to the pick-up. */
export type Offer = z.infer<typeof Offer>;

export const Cancellation = z.object({
  /** the role that did it */
  by: Role,
  /** somebody wanted it so, or no driver took it */
  reason: z.enum(['called_off', 'no_driver']),
});
/** Why a trip was cancelled. */
export type Cancellation = z.infer<typeof Cancellation>;

export const Trip = z.object({
  /** given by the service */
  id: z.string(),
  /** the user who rides */
  riderId: z.string(),
  /** the user who drives; null until one has accepted */
  driverId: z.string().nullable(),
  /** where the rider gets in */
  pickup: Position,
  /** where the rider gets out */
  dropoff: Position,
  /** how far it is */
  state: TripState,
  /** grows with every change: of two, the higher one is newer */
  version: z.number(),
  /** when it was made, epoch ms */
  createdAt: z.number(),
  /** when its state changed last, epoch ms */
  changedAt: z.number(),
  /** when it came into each state that it was in, the last time, epoch ms */
  times: z.partialRecord(TripState, z.number()),
  /** null unless it was cancelled */
  cancelled: Cancellation.nullable(),
  /** the driver that is asked now; for that driver, dispatchers and services only */
  offer: Offer.nullable(),
  /** null until a driver has accepted and was heard */
  eta: Eta.nullable(),
});
/** A journey of a rider with a driver, as it is now. */
export type Trip = z.infer<typeof Trip>;

export const OfferedTrip = Offer.extend({
  /** which trip */
  tripId: z.string(),
  /** where the rider gets in */
  pickup: Position,
  /** where the rider gets out */
  dropoff: Position,
});
/** Told to the driver that is asked: answer before the offer expires, with PATCH /api/trips/:id. */
export type OfferedTrip = z.infer<typeof OfferedTrip>;

export const OfferOver = z.object({
  /** which trip */
  tripId: z.string(),
  /** somebody else took it, the time was up, the offer was taken back, or the trip was cancelled */
  reason: z.enum(['taken', 'withdrawn', 'expired', 'cancelled']),
});
/** Told to the driver that was asked, when its answer is not wanted any more. */
export type OfferOver = z.infer<typeof OfferOver>;

export const TripEta = z.object({
  /** which trip */
  tripId: z.string(),
  /** of the trip for which it was made */
  version: z.number(),
  /** the estimate */
  eta: Eta,
});
/**
 * A new estimate for one trip, while its driver is on the way. Who knows the trip in an older version has missed a
 * change and asks for it.
 */
export type TripEta = z.infer<typeof TripEta>;

export const WatchedTrip = z.object({
  /** as it is now */
  trip: Trip,
  /** of its driver; null until there is one that was heard */
  position: DriverPosition.nullable(),
  /** whether the driver is connected; null until one has accepted */
  presence: TripPresence.nullable(),
});
/** The answer to `trip:watch`: null what is not known yet, as long as no driver has accepted or was heard. */
export type WatchedTrip = z.infer<typeof WatchedTrip>;
