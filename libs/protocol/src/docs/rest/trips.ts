import { z } from 'zod';
import { SharedTrip, ShareLink, TripSummary } from '../../answer-schemas.js';
import { ShareRequest, ShareToken } from '../../share.js';
import { Trip } from '../../trip-schemas.js';
import { TripChange, TripRequest } from '../../trips.js';
import { Empty, EVENTS, EVERYBODY, id, json, LINK_CODES, type RestRoute, type RouteName } from './route.js';

const CHANGE_CODES = [
  'NO_SUCH_TRIP',
  'NOT_YOUR_TRIP',
  'BAD_STATE',
  'OFFER_OVER',
  'DRIVER_ON_TRIP',
  'IDEMPOTENCY_KEY_REUSED',
] as const;

/** Routes of trips and of the links that share them. */
export const TRIPS: Record<RouteName, RestRoute> = {
  'POST /api/trips': {
    group: 'Trips',
    summary: 'Requests a trip',
    roles: ['service', 'dispatcher', 'rider'],
    only: 'a rider only for itself, without `riderId` and `driverId`',
    body: TripRequest,
    status: 201,
    answers: json(Trip),
    codes: ['RIDER_ON_TRIP', 'DRIVER_ON_TRIP', 'IDEMPOTENCY_KEY_REUSED'],
    headers: ['Idempotency-Key'],
  },
  'GET /api/trips': {
    group: 'Trips',
    summary: 'Open trips: all of them, or those of the calling rider or driver',
    roles: EVERYBODY,
    answers: json(z.object({ trips: z.array(Trip) })),
  },
  'GET /api/trips/:id': {
    group: 'Trips',
    summary: 'Current state of a trip',
    roles: EVERYBODY,
    only: 'its rider, its driver, the driver with its offer',
    params: id,
    answers: json(Trip),
    codes: LINK_CODES,
  },
  'PATCH /api/trips/:id': {
    group: 'Trips',
    summary: 'Changes the state of a trip, or assigns a driver',
    roles: EVERYBODY,
    only: 'its driver; its rider for `cancelled`',
    params: id,
    body: TripChange,
    answers: json(Trip),
    codes: CHANGE_CODES,
    headers: ['Idempotency-Key'],
  },
  'GET /api/trips/:id/summary': {
    group: 'Trips',
    summary: 'Distance, times and track of a finished trip',
    roles: EVERYBODY,
    only: 'its rider, its driver',
    params: id,
    answers: json(TripSummary),
    codes: [...LINK_CODES, 'BAD_STATE'],
  },
  'POST /api/trips/:id/share': {
    group: 'Sharing',
    summary: 'Creates a share link to an open trip',
    roles: ['service', 'rider'],
    only: 'its rider',
    params: id,
    body: ShareRequest,
    status: 201,
    answers: json(ShareLink),
    codes: [...LINK_CODES, 'TRIP_OVER', 'TOO_MANY_LINKS', 'IDEMPOTENCY_KEY_REUSED'],
    headers: ['Idempotency-Key'],
  },
  'DELETE /api/trips/:id/share': {
    group: 'Sharing',
    summary: 'Revokes all share links of a trip',
    roles: ['service', 'rider'],
    only: 'its rider',
    params: id,
    answers: json(Empty),
    codes: LINK_CODES,
  },
  'DELETE /api/trips/:id/share/:token': {
    group: 'Sharing',
    summary: 'Revokes one share link of a trip',
    roles: ['service', 'rider'],
    only: 'its rider',
    params: { ...id, token: ShareToken },
    answers: json(Empty),
    codes: LINK_CODES,
  },
  'GET /api/share/:token': {
    group: 'Sharing',
    summary: 'The shared trip, without ids, names, pick-up and destination',
    roles: null,
    params: { token: ShareToken },
    answers: json(SharedTrip),
    codes: ['LINK_EXPIRED_OR_REVOKED', 'RATE_LIMITED'],
  },
  'GET /api/share/:token/events': {
    group: 'Sharing',
    summary: 'The same as server-sent events: `state`, `position`, `eta`, `end`',
    roles: null,
    params: { token: ShareToken },
    answers: { [EVENTS]: 'The events; the first ones carry the current state.' },
    codes: ['LINK_EXPIRED_OR_REVOKED', 'TOO_MANY_FOLLOWERS'],
  },
};
