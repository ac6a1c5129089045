import { z } from 'zod';
import { DriverProfile, DriverVehicle } from './driver-profile.js';
import { FixExtras } from './fix-schemas.js';
import { Car, CellCount, DriverPosition, PlacedVehicle, Vehicle } from './fleet.js';
import { Position } from './schemas.js';
import { Eta, Trip } from './trip-schemas.js';
import { TripState } from './trips.js';

export const NearbyDriver = z.object({
  /** the user who drives */
  driverId: z.string(),
  /** degrees north */
  lat: z.number(),
  /** degrees east */
  lng: z.number(),
  /** degrees clockwise from true north, [0, 360) */
  heading: z.number(),
  /** whether the vehicle is free for a trip */
  status: Vehicle.shape.status,
  /** distance from the pin, metres */
  distanceM: z.number(),
  /** time since the service received the position, ms */
  ageMs: z.number(),
});
/** One driver of GET /api/nearby, for a service or a dispatcher. */
export type NearbyDriver = z.infer<typeof NearbyDriver>;

export const NearbyCar = Car.extend({
  /** distance of its grid point from the pin, metres */
  distanceM: z.number(),
});
/** One car of GET /api/nearby, for a rider. */
export type NearbyCar = z.infer<typeof NearbyCar>;

/** Vehicles of an area, or counts per cell when there are more than `limit`. */
export const FleetArea = z.object({
  /** vehicles in the area; empty when `counts` is not null */
  vehicles: z.array(PlacedVehicle),
  /** counts per H3 cell of resolution 6; null unless there are too many vehicles */
  counts: z.array(CellCount).nullable(),
});
export type FleetArea = z.infer<typeof FleetArea>;

export const DecisionCounts = z.object({
  /** older than the newest fix: goes into the track, does not move the driver */
  late: z.number(),
  /** same time as the newest fix: sent or delivered again */
  repeated: z.number(),
  /** too far away to be possible */
  implausible: z.number(),
  /** malformed, or with a time in the future */
  refused: z.number(),
});
/** Counts of the fixes of one driver that did not move it, by decision. */
export type DecisionCounts = z.infer<typeof DecisionCounts>;

export const DriverState = z.object({
  /** the user who drives */
  driverId: z.string(),
  /** `offline` when the driver went offline or fell silent */
  status: z.enum(['available', 'busy', 'offline']),
  /** newest position, with its age; null before the first fix */
  position: Vehicle.omit({ id: true, status: true })
    .extend({
      /** time when the service received the position, epoch ms by its own clock */
      receivedAt: z.number(),
      /** time since then, ms */
      ageMs: z.number(),
    })
    .nullable(),
  /** values that the last fix carried besides the position; null if none */
  extras: FixExtras.nullable(),
  /** counts since the first fix of the driver */
  counts: DecisionCounts,
  /** name and vehicle of the driver; null without a profile */
  profile: DriverProfile.nullable(),
});
/** GET /api/drivers/:id, for a service or a dispatcher. */
export type DriverState = z.infer<typeof DriverState>;

const LngLat = z.tuple([z.number(), z.number()]);

export const VehicleHistory = z.object({
  /** the user who drove */
  driverId: z.string(),
  /** time of each position, ms after `from` */
  times: z.array(z.number()),
  /** [lng, lat] in degrees */
  positions: z.array(LngLat),
});
/**
 * One vehicle while it was in the area, with its last fix before and its first fix after. Fixes that lie within 8 m of the
 * straight leg between their neighbours, which are at most 60 s apart, are left out. A longer gap means no signal.
 */
export type VehicleHistory = z.infer<typeof VehicleHistory>;

export const FleetHistory = z.object({
  /** start of the time span, epoch ms */
  from: z.number(),
  /** end of the time span, epoch ms, included */
  to: z.number(),
  /** vehicles that were in the area */
  vehicles: z.array(VehicleHistory),
  /** whether vehicles or positions are missing because there were too many */
  truncated: z.boolean(),
  /** number of vehicles that were looked at or would have been: all of the regions that the area touches */
  candidates: z.number(),
});
/** GET /api/fleet/history: vehicle movements in an area. */
export type FleetHistory = z.infer<typeof FleetHistory>;

export const TrackGeometry = z.discriminatedUnion('type', [
  z.object({
    /** two or more positions */
    type: z.literal('LineString'),
    /** in order of time */
    coordinates: z.array(LngLat),
  }),
  z.object({
    /** a single position */
    type: z.literal('Point'),
    /** the position */
    coordinates: LngLat,
  }),
]);
/** GeoJSON geometry, [lng, lat] in degrees, RFC 7946. */
export type TrackGeometry = z.infer<typeof TrackGeometry>;

export const Track = z.object({
  /** GeoJSON type */
  type: z.literal('Feature'),
  /** the route driven */
  geometry: TrackGeometry.nullable(),
  /** details of the track and of each position */
  properties: z.object({
    /** the user who drove */
    driverId: z.string(),
    /** start of the time span, epoch ms; limited to what the caller may see */
    from: z.number(),
    /** end of the time span, epoch ms, included */
    to: z.number(),
    /** distance driven, metres, without the noise of a standing receiver */
    distanceM: z.number(),
    /** number of fixes in the track */
    fixes: z.number(),
    /** whether later fixes did not fit into this answer */
    truncated: z.boolean(),
    /** `from` of the request for the later fixes, epoch ms; null when there are none */
    next: z.number().nullable(),
    /** time of each position, epoch ms */
    times: z.array(z.number()),
    /** heading at each position, degrees clockwise from true north, [0, 360) */
    headings: z.array(z.number()),
    /** speed at each position, metres per second */
    speedsMps: z.array(z.number()),
    /** indexes of the positions that arrived after newer ones and so did not move the driver */
    late: z.array(z.number()),
  }),
});
/**
 * GET /api/drivers/:id/track: a GeoJSON feature, RFC 7946. Its positions are [lng, lat] in order of time: a LineString,
 * a Point for a single position, null for none. The line is not cut at the antimeridian, so that the lists in `properties`
 * have one item per position.
 */
export type Track = z.infer<typeof Track>;

export const TripSummary = z.object({
  /** the trip in its final state */
  trip: Trip,
  /** distance driven with the rider in the car, metres; null when the track is no longer stored in full */
  distanceM: z.number().nullable(),
  /** time with the rider in the car */
  durationS: z.number(),
  /** time from the driver's acceptance to the arrival at the pick-up */
  approachS: z.number(),
  /** time that the driver waited at the pick-up */
  waitingS: z.number(),
  /** track with the rider in the car, as far as it is stored; null when the rider was never picked up */
  track: Track.nullable(),
});
/**
 * GET /api/trips/:id/summary: summary of a finished trip. A part that never began lasted 0 s; one that the end of the trip
 * interrupted lasted until then. It is computed from the stored track each time, so late fixes count once they arrive.
 */
export type TripSummary = z.infer<typeof TripSummary>;

export const ShareLink = z.object({
  /** secret token: anyone who has it can see the trip */
  token: z.string(),
  /** path of the page that shows the trip */
  url: z.string(),
  /** expiry of the link, epoch ms */
  expiresAt: z.number(),
});
/** Share link to a trip. */
export type ShareLink = z.infer<typeof ShareLink>;

export const SharedState = TripState.exclude(['offered']);
/** States of a trip as a share link shows them: it does not reveal offers to drivers. */
export type SharedState = z.infer<typeof SharedState>;

export const SharedPosition = DriverPosition.omit({ driverId: true });
export type SharedPosition = z.infer<typeof SharedPosition>;

export const SharedDriver = z.object({
  /** the first word of the name */
  firstName: z.string(),
  /** https address of a photo; null without one */
  photoUrl: z.string().nullable(),
  vehicle: DriverVehicle.pick({ make: true, model: true, colour: true, plate: true }),
});
/** Driver as a share link shows it while the trip is open. */
export type SharedDriver = z.infer<typeof SharedDriver>;

export const SharedTrip = z.object({
  state: SharedState,
  /** null until an assigned driver has reported a position */
  position: SharedPosition.nullable(),
  eta: Eta.nullable(),
  /** where the rider gets in; null unless the link shows places */
  pickup: Position.nullable(),
  /** where the rider gets out; null unless the link shows places */
  dropoff: Position.nullable(),
  /** null until a driver with a profile has accepted, and after the end of the trip */
  driver: SharedDriver.nullable(),
});
/** GET /api/share/:token: position of the car and its ETA, without ids. */
export type SharedTrip = z.infer<typeof SharedTrip>;
