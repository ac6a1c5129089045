import { z } from 'zod';
import type { Estimate } from './estimate.js';
import { Id, Position } from './schemas.js';
import type { Role } from './wire.js';

export const TripState = z.enum(
  ['requested', 'offered', 'accepted', 'arriving', 'arrived', 'on_trip', 'completed', 'cancelled'],
  { error: 'BAD_REQUEST' },
);
export type TripState = z.infer<typeof TripState>;

/** What may follow what. A trip that is completed or cancelled is over and stays so. */
const NEXT: Record<TripState, readonly TripState[]> = {
  requested: ['offered', 'accepted', 'cancelled'],
  offered: ['requested', 'accepted', 'cancelled'],
  accepted: ['arriving', 'cancelled'],
  arriving: ['arrived', 'cancelled'],
  arrived: ['on_trip', 'cancelled'],
  on_trip: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
};

export const isOpen = (state: TripState): boolean => NEXT[state].length > 0;

/** Whether a trip in state `from` may go to state `to`. */
export const mayFollow = (from: TripState, to: TripState): boolean => NEXT[from].includes(to);

/**
 * POST /api/trips. A rider asks for itself and leaves `riderId` out; a service or a dispatcher names the rider. Without
 * a driver the trip is offered to the nearest ones; a service or a dispatcher may name one, which has then accepted.
 */
export const TripRequest = z.object(
  { riderId: Id.optional(), driverId: Id.optional(), pickup: Position, dropoff: Position },
  { error: 'BAD_REQUEST' },
);
export type TripRequest = z.infer<typeof TripRequest>;

/**
 * PATCH /api/trips/:id. `accepted` by the driver that has the offer takes it, `requested` declines it. A service or a
 * dispatcher that assigns a driver says `accepted` and names it.
 */
export const TripChange = z.object({ state: TripState, driverId: Id.optional() }, { error: 'BAD_REQUEST' });
export type TripChange = z.infer<typeof TripChange>;

/** The header `Idempotency-Key` of every change of a trip: the same one means the same change, done once. */
export const IdempotencyKey = Id.optional();

/** When the car will be there: at the pick-up until the rider is in it, then at the drop-off. `at` is epoch ms. */
export type Eta = Estimate & { to: 'pickup' | 'dropoff'; at: number };

/** A trip as it is offered to one driver, with the way to the pick-up; gone at `expiresAt`, epoch ms. */
export type Offer = Estimate & { driverId: string; expiresAt: number };

/** Why a trip was cancelled: somebody wanted it so, or no driver took it. */
export type Cancellation = { by: Role; reason: 'called_off' | 'no_driver' };

export type Trip = {
  id: string;
  riderId: string;
  /** null until one has accepted */
  driverId: string | null;
  pickup: Position;
  dropoff: Position;
  state: TripState;
  /** grows with every change: of two, the higher one is newer */
  version: number;
  /** epoch ms */
  createdAt: number;
  /** epoch ms of the last change of state */
  changedAt: number;
  /** when it came into each state that it was in, the last time, epoch ms */
  times: Partial<Record<TripState, number>>;
  cancelled: Cancellation | null;
  /** the driver that is asked now; for that driver, dispatchers and services only */
  offer: Offer | null;
  /** null until a driver has accepted and was heard */
  eta: Eta | null;
};

/** Told to the driver that is asked: answer before the offer expires, with PATCH /api/trips/:id. */
export type OfferedTrip = Offer & { tripId: string; pickup: Position; dropoff: Position };

/** Told to the driver that was asked, when its answer is not wanted any more. */
export type OfferOver = { tripId: string; reason: 'taken' | 'withdrawn' | 'expired' | 'cancelled' };

/**
 * A new estimate for one trip, while its driver is on the way. Who knows the trip in an older version has missed a
 * change and asks for it.
 */
export type TripEta = { tripId: string; version: number; eta: Eta };
