import { z } from 'zod';
import { Id, Position } from './schemas.js';

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
