import { z } from 'zod';
import {
  AuditEntry,
  Disconnected,
  DriverState,
  FleetArea,
  FleetHistory,
  MapSettings,
  NearbyCar,
  NearbyDriver,
  NodeState,
  Presence,
  SharedTrip,
  ShareLink,
  Track,
  TripSummary,
} from '../answer-schemas.js';
import { TokenRequest } from '../api.js';
import { AuditQuery } from '../audit.js';
import type { Code } from '../codes.js';
import { FeedId, FeedResume } from '../feed.js';
import { FeedPart } from '../feed-schemas.js';
import { MAX_FIXES_PER_BATCH } from '../fix.js';
import { DriverPosition } from '../fleet.js';
import { HistoryQuery } from '../history.js';
import { NoticeRequest } from '../notices.js';
import { Incident, IncidentReport } from '../regions.js';
import type { Role } from '../roles.js';
import { Fix, FleetQuery, Id, NearbyQuery, Rejection, StatusChange } from '../schemas.js';
import { ShareRequest, ShareToken } from '../share.js';
import { TrackQuery } from '../track.js';
import { Trip } from '../trip-schemas.js';
import { TripChange, TripRequest } from '../trips.js';

/** Method and path in Nest's notation, such as `GET /api/trips/:id`. */
export type RouteName = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

/** Description of one HTTP route. */
export type RestRoute = {
  /** heading on the documentation page */
  group: string;
  /** one-line description */
  summary: string;
  /** roles that a token must have; null for a public route */
  roles: readonly Role[] | null;
  /** further restriction of the roles, in words */
  only?: string;
  /** schemas of the path parameters, by name */
  params?: Record<string, z.ZodType>;
  /** schema of the query */
  query?: z.ZodObject;
  body?: z.ZodType;
  /** HTTP status of success; 200 by default */
  status?: number;
  /** response bodies by media type; a string describes a body that is not JSON */
  answers: Record<string, z.ZodType | string>;
  /** codes besides those of the token, the role, the body and the schemas */
  codes?: readonly Code[];
  /** request headers besides Authorization */
  headers?: ReadonlyArray<'Idempotency-Key' | 'Last-Event-ID'>;
};

const STAFF = ['service', 'dispatcher'] as const;
const EVERYBODY = ['service', 'dispatcher', 'driver', 'rider'] as const;
const JSON_TYPE = 'application/json';
const EVENTS = 'text/event-stream';

const json = (schema: z.ZodType) => ({ [JSON_TYPE]: schema });
const Empty = z.object({});
const Health = z.object({ ok: z.literal(true), node: z.string() });
const Readiness = Health.extend({
  problems: z.array(z.string()),
  backlog: z.number(),
  oldestMs: z.number(),
  withoutReader: z.array(z.number()),
});
const Polled = z.object({
  events: z.array(z.object({ event: z.string(), data: z.unknown(), id: z.string().nullable() })),
  after: z.string().nullable(),
});
const After = z.object({ after: z.string().optional() });
const id = { id: Id };
const CHANGE_CODES = [
  'NO_SUCH_TRIP',
  'NOT_YOUR_TRIP',
  'BAD_STATE',
  'OFFER_OVER',
  'DRIVER_ON_TRIP',
  'IDEMPOTENCY_KEY_REUSED',
] as const;
const LINK_CODES = ['NO_SUCH_TRIP', 'NOT_YOUR_TRIP'] as const;

/** Routes of one form of the streams: `stream` for server-sent events, `poll` for long polling. */
function streams(form: 'stream' | 'poll'): Record<RouteName, RestRoute> {
  const isPoll = form === 'poll';
  const shared = {
    group: isPoll ? 'Long polling' : 'Server-sent events',
    answers: isPoll ? json(Polled) : { [EVENTS]: 'The events, as described in the protocol.' },
    headers: isPoll ? [] : (['Last-Event-ID'] as const),
  } satisfies Partial<RestRoute>;
  const how = isPoll ? 'answered at the first event or after 25 s' : 'as they happen';
  const feed: RestRoute = {
    ...shared,
    summary: `The caller's feed and other pushes, ${how}`,
    roles: ['rider', 'driver'],
    query: z.object({ after: FeedId.optional() }),
    codes: ['TOO_MANY_STREAMS'],
  };
  const nearby: RestRoute = {
    ...shared,
    summary: `Cars near a pin, ${how}`,
    roles: ['rider'],
    query: NearbyQuery.omit({ limit: true }).extend(isPoll ? After.shape : {}),
    codes: ['TOO_MANY_STREAMS'],
  };
  const trip: RestRoute = {
    ...shared,
    summary: `A trip, its driver's position and ETA, ${how}`,
    roles: ['rider', 'dispatcher', 'service'],
    only: 'its rider',
    params: id,
    query: After,
    codes: [...LINK_CODES, 'TOO_MANY_STREAMS'],
  };
  return {
    [`GET /api/${form}/feed`]: feed,
    [`GET /api/${form}/nearby`]: nearby,
    [`GET /api/${form}/trip/:id`]: trip,
  };
}

/** Every route of a gateway. The OpenAPI document and the tables of docs/protocol.md are generated from it. */
export const REST: Record<RouteName, RestRoute> = {
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
    codes: [...LINK_CODES, 'TRIP_OVER', 'TOO_MANY_LINKS'],
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
    summary: 'The shared trip, without ids, names, pick-up and drop-off',
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
  'POST /api/fixes': {
    group: 'Drivers',
    summary: 'Reports 1 to 100 fixes; the answer lists each bad one by its index',
    roles: ['driver'],
    body: z.array(Fix).min(1).max(MAX_FIXES_PER_BATCH),
    answers: json(z.object({ accepted: z.int(), rejected: z.array(Rejection) })),
    codes: ['BAD_BATCH'],
  },
  'PUT /api/status': {
    group: 'Drivers',
    summary: 'Sets whether the driver is available',
    roles: ['driver'],
    body: StatusChange,
    answers: json(Empty),
  },
  'GET /api/drivers/:id': {
    group: 'Drivers',
    summary:
      'Status and position of a driver, and counts of its late, repeated, implausible and refused fixes',
    roles: STAFF,
    params: id,
    answers: json(DriverState),
    codes: ['NO_SUCH_DRIVER'],
  },
  'GET /api/drivers/:id/position': {
    group: 'Drivers',
    summary: 'Position of a driver',
    roles: EVERYBODY,
    only: 'itself, the rider of its open trip',
    params: id,
    answers: json(DriverPosition),
    codes: ['NOT_YOUR_TRIP', 'NO_SUCH_DRIVER'],
  },
  'GET /api/drivers/:id/track': {
    group: 'Drivers',
    summary: 'Track of a driver, as GeoJSON or GPX; see [tracks](#tracks)',
    roles: EVERYBODY,
    only: 'itself, the rider of `tripId`',
    params: id,
    query: TrackQuery,
    answers: { 'application/geo+json': Track, 'application/gpx+xml': 'GPX 1.1' },
    codes: ['NO_SUCH_TRIP', 'NOT_YOUR_TRIP', 'NO_SUCH_DRIVER'],
  },
  'POST /api/drivers/:id/offline': {
    group: 'Drivers',
    summary: 'Takes a driver out of the fleet; its offer goes to the next driver',
    roles: STAFF,
    params: id,
    answers: json(Empty),
    codes: ['DRIVER_ON_TRIP'],
  },
  'GET /api/nearby': {
    group: 'Fleet',
    summary: 'Available cars near a pin; a rider gets no driver ids',
    roles: ['service', 'dispatcher', 'rider'],
    query: NearbyQuery,
    answers: json(
      z.union([z.object({ drivers: z.array(NearbyDriver) }), z.object({ cars: z.array(NearbyCar) })]),
    ),
  },
  'GET /api/fleet': {
    group: 'Fleet',
    summary: 'Vehicles in a `bbox` or `polygon`, or counts per cell when there are more than `limit`',
    roles: STAFF,
    query: FleetQuery,
    answers: json(FleetArea),
    codes: ['AREA_TOO_LARGE'],
  },
  'GET /api/fleet/history': {
    group: 'Fleet',
    summary: 'Vehicle movements in an area; see [below](#history-of-an-area)',
    roles: STAFF,
    query: HistoryQuery,
    answers: json(FleetHistory),
    codes: ['AREA_TOO_LARGE', 'RATE_LIMITED'],
  },
  'POST /api/incidents': {
    group: 'Dispatch',
    summary: 'Reports an incident to dispatch',
    roles: EVERYBODY,
    only: '`tripId` names a trip of the caller',
    body: IncidentReport,
    status: 201,
    answers: json(Incident),
    codes: ['NO_SUCH_TRIP', 'NOT_YOUR_TRIP', 'IDEMPOTENCY_KEY_REUSED', 'RATE_LIMITED'],
    headers: ['Idempotency-Key'],
  },
  'POST /api/users/:id/notices': {
    group: 'Dispatch',
    summary: 'Sends a notice to a rider or a driver',
    roles: STAFF,
    params: id,
    body: NoticeRequest,
    answers: json(Empty),
    headers: ['Idempotency-Key'],
  },
  'GET /api/users/:id/presence': {
    group: 'Dispatch',
    summary: 'Connections of a user, and when the user was last seen',
    roles: STAFF,
    params: id,
    answers: json(Presence),
  },
  'DELETE /api/users/:id/connections': {
    group: 'Dispatch',
    summary: 'Closes all connections of a user; returns how many were known',
    roles: STAFF,
    params: id,
    answers: json(Disconnected),
  },
  'GET /api/audit': {
    group: 'Dispatch',
    summary: 'Privileged actions, newest first; see [audit log](#audit-log)',
    roles: STAFF,
    query: AuditQuery,
    answers: json(z.object({ entries: z.array(AuditEntry) })),
  },
  'GET /api/feed': {
    group: 'Feeds',
    summary: "Entries of the caller's feed after an id; see [feeds](#feeds)",
    roles: ['rider', 'driver'],
    query: FeedResume,
    answers: json(FeedPart),
  },
  ...streams('stream'),
  ...streams('poll'),
  'GET /api/nodes': {
    group: 'Operations',
    summary: 'Running processes, their connections, rates and delays',
    roles: STAFF,
    answers: json(z.object({ nodes: z.array(NodeState) })),
  },
  'GET /api/map': {
    group: 'Operations',
    summary: 'Map settings of the pages; see [configuration](configuration.md)',
    roles: null,
    answers: json(MapSettings),
  },
  'POST /api/dev/tokens': {
    group: 'Operations',
    summary: 'Creates a token for any role; exists only in the demo',
    roles: null,
    body: TokenRequest,
    status: 201,
    answers: json(z.object({ token: z.string() })),
    codes: ['DEMO_NOT_HERE', 'NOT_JSON'],
  },
  'GET /healthz': {
    group: 'Operations',
    summary: 'Liveness: the process is running',
    roles: null,
    answers: json(Health),
  },
  'GET /readyz': {
    group: 'Operations',
    summary:
      'Readiness: Redis accepts writes; at a processor, every partition has a reader. `problems` says why positions are late',
    roles: null,
    answers: json(Readiness),
    codes: ['UNAVAILABLE'],
  },
  'GET /metrics': {
    group: 'Operations',
    summary: 'Metrics for Prometheus',
    roles: null,
    answers: { 'text/plain': 'Prometheus text format' },
  },
  'GET /api/openapi.json': {
    group: 'Documentation',
    summary: 'All routes as an OpenAPI 3.1 document',
    roles: null,
    answers: json(z.looseObject({ openapi: z.string() })),
  },
  'GET /api/asyncapi.json': {
    group: 'Documentation',
    summary: 'All socket events as an AsyncAPI 3 document',
    roles: null,
    answers: json(z.looseObject({ asyncapi: z.string() })),
  },
  'GET /api/docs': {
    group: 'Documentation',
    summary: 'Page with all routes and codes',
    roles: null,
    answers: { 'text/html': 'The page' },
  },
};
