import { z } from 'zod';
import { Id, Position } from './schemas.js';
import { TRIP_STATES } from './trip-states.js';
import { CLASS_NAME, MAX_SEATS } from './vehicle-class.js';

const BAD_REQUEST = { error: 'BAD_REQUEST' };

const OptionalId = /* @__PURE__ */ Id.optional();
const VehicleClass = /* @__PURE__ */ z.string(BAD_REQUEST).regex(CLASS_NAME, BAD_REQUEST).optional();
const Seats = /* @__PURE__ */ z.int(BAD_REQUEST).min(1, BAD_REQUEST).max(MAX_SEATS, BAD_REQUEST).optional();

/** State of a trip; `completed` and `cancelled` are final. */
export const TripState = /* @__PURE__ */ z.enum(TRIP_STATES, { error: 'BAD_REQUEST' });
export type TripState = z.infer<typeof TripState>;

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
    /** the driver must enter a PIN, which only the rider sees, to start */
    withPin: /* @__PURE__ */ z.boolean({ error: 'BAD_REQUEST' }).optional(),
    /** class of the vehicle; without it, any */
    vehicleClass: VehicleClass,
    /** number of seats, 1 to 16; without it, one */
    seats: Seats,
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
    /** the rider's PIN, with which a driver starts a trip that has one */
    pin: /* @__PURE__ */ z
      .string({ error: 'BAD_PIN' })
      .regex(/^\d{4}$/, 'BAD_PIN')
      .optional(),
    /** with `cancelled`, of a driver who has waited until `noShowAt`: the rider did not come */
    noShow: /* @__PURE__ */ z.boolean({ error: 'BAD_REQUEST' }).optional(),
  },
  { error: 'BAD_REQUEST' },
);
export type TripChange = z.infer<typeof TripChange>;

/** POST /api/trips/:id/rating, by the rider of a completed trip; a later rating replaces an earlier one. */
export const TripRating = /* @__PURE__ */ z.object(
  { stars: /* @__PURE__ */ z.int({ error: 'BAD_RATING' }).min(1, 'BAD_RATING').max(5, 'BAD_RATING') },
  { error: 'BAD_REQUEST' },
);
export type TripRating = z.infer<typeof TripRating>;

/** Header `Idempotency-Key` of every change of a trip: changes with the same key are made once. */
export const IdempotencyKey = OptionalId;
