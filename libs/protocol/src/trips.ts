import { z } from 'zod';
import type { Estimate } from './estimate.js';
import { Id, Position } from './schemas.js';
import type { Role } from './wire.js';

// The annotations here let a page that only asks `isOpen` be built without the schemas and their library.
const OptionalId = /* @__PURE__ */ Id.optional();

/** How far a trip is; `completed` and `cancelled` are its end. */
export const TripState = /* @__PURE__ */ z.enum(
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
export const TripRequest = /* @__PURE__ */ z.object(
  {
    /** the user who rides */
    riderId: OptionalId,
    /** the user who drives */
    driverId: OptionalId,
    /** where the rider gets in */
    pickup: Position,
    /** where the rider gets out */
    dropoff: Position,
  },
  { error: 'BAD_REQUEST' },
);
export type TripRequest = z.infer<typeof TripRequest>;

/**
 * PATCH /api/trips/:id. `accepted` by the driver that has the offer takes it, `requested` declines it. A service or a
 * dispatcher that assigns a driver says `accepted` and names it.
 */
export const TripChange = /* @__PURE__ */ z.object(
  {
    /** where it is to go */
    state: TripState,
    /** whom a dispatcher or a service assigns */
    driverId: OptionalId,
  },
  { error: 'BAD_REQUEST' },
);
export type TripChange = z.infer<typeof TripChange>;

/** The header `Idempotency-Key` of every change of a trip: the same one means the same change, done once. */
export const IdempotencyKey = OptionalId;

/** When the car will be there: at the pick-up until the rider is in it, then at the drop-off. */
export type Eta = Estimate & {
  /** where it drives to */
  to: 'pickup' | 'dropoff';
  /** when it is there, epoch ms */
  at: number;
};

/** A trip as it is offered to one driver, with the way to the pick-up. */
export type Offer = Estimate & {
  /** who is asked */
  driverId: string;
  /** when it is gone, epoch ms */
  expiresAt: number;
};

/** Why a trip was cancelled. */
export type Cancellation = {
  /** the role that did it */
  by: Role;
  /** somebody wanted it so, or no driver took it */
  reason: 'called_off' | 'no_driver';
};

/** A journey of a rider with a driver, as it is now. */
export type Trip = {
  /** given by the service */
  id: string;
  /** the user who rides */
  riderId: string;
  /** the user who drives; null until one has accepted */
  driverId: string | null;
  /** where the rider gets in */
  pickup: Position;
  /** where the rider gets out */
  dropoff: Position;
  /** how far it is */
  state: TripState;
  /** grows with every change: of two, the higher one is newer */
  version: number;
  /** when it was made, epoch ms */
  createdAt: number;
  /** when its state changed last, epoch ms */
  changedAt: number;
  /** when it came into each state that it was in, the last time, epoch ms */
  times: Partial<Record<TripState, number>>;
  /** null unless it was cancelled */
  cancelled: Cancellation | null;
  /** the driver that is asked now; for that driver, dispatchers and services only */
  offer: Offer | null;
  /** null until a driver has accepted and was heard */
  eta: Eta | null;
};

/** Told to the driver that is asked: answer before the offer expires, with PATCH /api/trips/:id. */
export type OfferedTrip = Offer & {
  /** which trip */
  tripId: string;
  /** where the rider gets in */
  pickup: Position;
  /** where the rider gets out */
  dropoff: Position;
};

/** Told to the driver that was asked, when its answer is not wanted any more. */
export type OfferOver = {
  /** which trip */
  tripId: string;
  /** somebody else took it, the time was up, the offer was taken back, or the trip was cancelled */
  reason: 'taken' | 'withdrawn' | 'expired' | 'cancelled';
};

/**
 * A new estimate for one trip, while its driver is on the way. Who knows the trip in an older version has missed a
 * change and asks for it.
 */
export type TripEta = {
  /** which trip */
  tripId: string;
  /** of the trip for which it was made */
  version: number;
  /** the estimate */
  eta: Eta;
};
