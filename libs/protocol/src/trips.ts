import { z } from 'zod';
import { Id, Position } from './schemas.js';

// The annotations let a page that only uses `isOpen` be bundled without the schemas and their library.
const OptionalId = /* @__PURE__ */ Id.optional();

/** State of a trip; `completed` and `cancelled` are final. */
export const TripState = /* @__PURE__ */ z.enum(
  ['requested', 'offered', 'accepted', 'arriving', 'arrived', 'on_trip', 'completed', 'cancelled'],
  { error: 'BAD_REQUEST' },
);
export type TripState = z.infer<typeof TripState>;

/** Allowed next states. A completed or cancelled trip is over and stays so. */
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
 * POST /api/trips. A rider requests a trip for itself and omits `riderId`; a service or a dispatcher names the rider.
 * Without `driverId` the trip is offered to the nearest drivers; a service or a dispatcher may name a driver, who then
 * counts as having accepted.
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
 * PATCH /api/trips/:id. The driver with the offer sends `accepted` to accept it or `requested` to decline it. A service or
 * a dispatcher assigns a driver with `accepted` and the `driverId`.
 */
export const TripChange = /* @__PURE__ */ z.object(
  {
    /** requested state */
    state: TripState,
    /** driver that a dispatcher or a service assigns */
    driverId: OptionalId,
  },
  { error: 'BAD_REQUEST' },
);
export type TripChange = z.infer<typeof TripChange>;

/** Header `Idempotency-Key` of every change of a trip: changes with the same key are made once. */
export const IdempotencyKey = OptionalId;
