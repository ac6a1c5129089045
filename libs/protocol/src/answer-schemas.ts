import { z } from 'zod';
import { CODES, type Code } from './codes.js';
import { CellCount, DriverPosition, PlacedVehicle, Vehicle } from './fleet.js';
import { NAMESPACES } from './namespaces.js';
import { Role } from './roles.js';
import { Eta, Trip } from './trip-schemas.js';
import { TripState } from './trips.js';

/** A refusal over REST: RFC 9457 problem details, and the fields that a refusal has everywhere. */
export const Problem = z.object({
  /** relative reference to the code's entry on the documentation page */
  type: z.string(),
  /** the code's meaning, the same each time */
  title: z.string(),
  /** HTTP status */
  status: z.int(),
  /** what was wrong with this request */
  detail: z.string(),
  /** path of the request, without its query */
  instance: z.string(),
  /** what was wrong */
  code: z.enum(Object.keys(CODES) as [Code, ...Code[]]),
  /** the same as `detail` */
  message: z.string(),
  /** whether the same request may succeed later, unchanged */
  retry: z.boolean(),
});
export type Problem = z.infer<typeof Problem>;

export const NearbyDriver = z.object({
  /** the user who drives */
  driverId: z.string(),
  /** degrees north */
  lat: z.number(),
  /** degrees east */
  lng: z.number(),
  /** degrees clockwise from true north, [0, 360) */
  heading: z.number(),
  /** whether it is free for a trip */
  status: Vehicle.shape.status,
  /** from the pin, metres */
  distanceM: z.number(),
  /** since the fix was taken, ms */
  ageMs: z.number(),
});
/** One driver of GET /api/nearby, for a service or a dispatcher. */
export type NearbyDriver = z.infer<typeof NearbyDriver>;

export const NearbyCar = Vehicle.extend({
  /** from the pin, metres */
  distanceM: z.number(),
  /** since the fix was taken, ms */
  ageMs: z.number(),
});
/** One car of GET /api/nearby, for a rider: a pseudonym instead of the driver's id. */
export type NearbyCar = z.infer<typeof NearbyCar>;

/** The vehicles of an area, or counts by cell when there are more than `limit`. */
export const FleetArea = z.object({
  /** in the area; empty when `counts` is not null */
  vehicles: z.array(PlacedVehicle),
  /** of H3 cells of resolution 6; null unless there are too many vehicles */
  counts: z.array(CellCount).nullable(),
});
export type FleetArea = z.infer<typeof FleetArea>;

export const DecisionCounts = z.object({
  /** older than the newest: part of the track, moved nobody */
  late: z.number(),
  /** as old as the newest: sent or delivered again */
  repeated: z.number(),
  /** too far away to be true */
  implausible: z.number(),
  /** malformed, or from the future */
  refused: z.number(),
});
/** How the fixes of one driver were decided that did not simply move it. */
export type DecisionCounts = z.infer<typeof DecisionCounts>;

export const DriverState = z.object({
  /** the user who drives */
  driverId: z.string(),
  /** `offline` when it said so, or fell silent */
  status: z.enum(['available', 'busy', 'offline']),
  /** the newest, with its age; null before the first */
  position: Vehicle.omit({ id: true, status: true }).extend({ ageMs: z.number() }).nullable(),
  /** fixes since the driver was first heard */
  counts: DecisionCounts,
});
/** GET /api/drivers/:id, for a service or a dispatcher. */
export type DriverState = z.infer<typeof DriverState>;

export const NodeState = z.object({
  /** its name, unique */
  node: z.string(),
  /** what it does */
  role: z.enum(['gateway', 'processor']),
  /** base address of the process itself, for health checks and metrics */
  url: z.string(),
  /** epoch ms */
  startedAt: z.number(),
  /** when it said this, epoch ms */
  at: z.number(),
  /** clients of each namespace; of a processor none */
  connections: z.object({ driver: z.number(), rider: z.number(), dispatch: z.number() }),
  /** different users among them */
  users: z.number(),
  /** fixes taken or handled in a second */
  fixesPerS: z.number(),
  /** half of the fixes took less from the gateway's receipt to the broadcast, ms; null when nothing flowed */
  delayP50Ms: z.number().nullable(),
  /** 99 of 100 took less, ms */
  delayP99Ms: z.number().nullable(),
  /** stream entries not read yet */
  lag: z.number(),
});
/** One process of the installation, in GET /api/nodes. Rates are per second, times in milliseconds. */
export type NodeState = z.infer<typeof NodeState>;

export const MapSettings = z.object({
  /** a public token of Mapbox, whose library and maps are used then; null for MapLibre */
  mapboxToken: z.string().nullable(),
  /** addresses of MapLibre styles; null for the bundled one alone, which is used as well where these cannot be reached */
  styles: z.object({ light: z.string(), dark: z.string() }).nullable(),
});
/** Which map the pages show, in GET /api/map; for anyone. */
export type MapSettings = z.infer<typeof MapSettings>;

export const AuditAction = z.enum([
  'chat:history',
  'trip:request',
  'trip:assign',
  'trip:cancel',
  'trip:change',
  'user:notice',
  'user:disconnect',
  'driver:offline',
]);
/** What is written down of those who may do more than others. */
export type AuditAction = z.infer<typeof AuditAction>;

export const AuditEntry = z.object({
  /** grows with every entry */
  id: z.string(),
  /** epoch ms */
  at: z.number(),
  /** who did it, by its token */
  by: z.string(),
  /** as what, by its token */
  role: Role,
  /** what was done, or tried: it is written down before */
  action: AuditAction,
  /** of which trip */
  tripId: z.string().optional(),
  /** to whom */
  userId: z.string().optional(),
  /** what was said, or which state was asked for */
  text: z.string().optional(),
});
/** Who did what. */
export type AuditEntry = z.infer<typeof AuditEntry>;

export const UserConnection = z.object({
  /** the gateway that holds it */
  node: z.string(),
  /** what it is connected as */
  namespace: z.enum(NAMESPACES),
  /** its id in Socket.IO */
  socketId: z.string(),
  /** when it connected, epoch ms */
  since: z.number(),
});
/** One socket of a user. */
export type UserConnection = z.infer<typeof UserConnection>;

export const Presence = z.object({
  /** of whom it tells */
  userId: z.string(),
  /** whether it has any connection */
  online: z.boolean(),
  /** epoch ms; the present moment while online, null of one that was never seen */
  lastSeenAt: z.number().nullable(),
  /** the oldest first */
  connections: z.array(UserConnection),
});
/** GET /api/users/:id/presence: where a user is connected. */
export type Presence = z.infer<typeof Presence>;

export const Disconnected = z.object({ connections: z.number() });
/** DELETE /api/users/:id/connections: how many connections were known of, which end now. */
export type Disconnected = z.infer<typeof Disconnected>;

const LngLat = z.tuple([z.number(), z.number()]);

export const VehicleHistory = z.object({
  /** the user who drove */
  driverId: z.string(),
  /** ms after `from`, of each position */
  times: z.array(z.number()),
  /** [lng, lat] in degrees */
  positions: z.array(LngLat),
});
/**
 * One vehicle while it was in the area, and its last fix before and its first one after. Fixes that lie on the way from
 * one to the next, within 8 m and 60 s, are left out; where two lie farther apart in time, it was not heard in between.
 */
export type VehicleHistory = z.infer<typeof VehicleHistory>;

export const FleetHistory = z.object({
  /** the time that was looked at, epoch ms */
  from: z.number(),
  /** its end, included */
  to: z.number(),
  /** those who were there */
  vehicles: z.array(VehicleHistory),
  /** more vehicles were there, or there is more of them, than is answered */
  truncated: z.boolean(),
});
/** GET /api/fleet/history: who drove where in an area. */
export type FleetHistory = z.infer<typeof FleetHistory>;

export const TrackGeometry = z.discriminatedUnion('type', [
  z.object({
    /** of several positions */
    type: z.literal('LineString'),
    /** in order of time */
    coordinates: z.array(LngLat),
  }),
  z.object({
    /** of a single one */
    type: z.literal('Point'),
    /** where it is */
    coordinates: LngLat,
  }),
]);
/** [lng, lat] in degrees, RFC 7946. */
export type TrackGeometry = z.infer<typeof TrackGeometry>;

export const Track = z.object({
  /** of GeoJSON */
  type: z.literal('Feature'),
  /** the way */
  geometry: TrackGeometry.nullable(),
  /** what is known of each position, and of all of them */
  properties: z.object({
    /** the user who drove */
    driverId: z.string(),
    /** the time that was looked at, epoch ms; without the moments that the caller may not see */
    from: z.number(),
    /** its end, epoch ms, included */
    to: z.number(),
    /** driven, metres, without the noise of a standing receiver */
    distanceM: z.number(),
    /** how many fixes the track has */
    fixes: z.number(),
    /** there are later fixes, which did not fit */
    truncated: z.boolean(),
    /** the `from` that asks for them, epoch ms; null when there are none */
    next: z.number().nullable(),
    /** of each position, epoch ms */
    times: z.array(z.number()),
    /** of each position, degrees clockwise from true north, [0, 360) */
    headings: z.array(z.number()),
    /** of each position, metres per second */
    speedsMps: z.array(z.number()),
    /** indexes of the positions that came after newer ones, and so moved nobody when they came */
    late: z.array(z.number()),
  }),
});
/**
 * GET /api/drivers/:id/track: a GeoJSON feature, RFC 7946. Its positions are [lng, lat] in order of time: a LineString,
 * a Point where there is only one, null where there is none. The line is not cut at the antimeridian, so that the lists
 * in `properties` have one item for each position.
 */
export type Track = z.infer<typeof Track>;

export const TripSummary = z.object({
  /** as it ended */
  trip: Trip,
  /** driven with the rider in the car; null when the track is not kept any more, or not from its beginning on */
  distanceM: z.number().nullable(),
  /** with the rider in the car */
  durationS: z.number(),
  /** from the driver's acceptance to its arrival at the pick-up */
  approachS: z.number(),
  /** the driver waiting at the pick-up */
  waitingS: z.number(),
  /** with the rider in the car, as far as it is kept; null when the rider never got in */
  track: Track.nullable(),
});
/**
 * GET /api/trips/:id/summary: how a trip went that is over. A part that never began lasted 0 s, one that was cut off by
 * the end lasted until then. Read from the kept track each time, so fixes that come in late count from then on.
 */
export type TripSummary = z.infer<typeof TripSummary>;

export const ShareLink = z.object({
  /** whoever has it sees the trip */
  token: z.string(),
  /** path of a page that shows it */
  url: z.string(),
  /** when it opens nothing any more, epoch ms */
  expiresAt: z.number(),
});
/** A link to a trip. */
export type ShareLink = z.infer<typeof ShareLink>;

export const SharedState = TripState.exclude(['offered']);
/** The states of a trip as they are told to those who have a link: whether somebody is asked is not their business. */
export type SharedState = z.infer<typeof SharedState>;

export const SharedPosition = DriverPosition.omit({ driverId: true });
export type SharedPosition = z.infer<typeof SharedPosition>;

export const SharedTrip = z.object({
  state: SharedState,
  /** null unless a driver is on its way and was heard */
  position: SharedPosition.nullable(),
  eta: Eta.nullable(),
});
/** GET /api/share/:token: where the car is and when it will be there; nothing of who, and nothing of from where to where. */
export type SharedTrip = z.infer<typeof SharedTrip>;
