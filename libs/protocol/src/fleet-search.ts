import { z } from 'zod';
import { limit } from './schemas.js';
import { Trip } from './trip-schemas.js';

const REQUEST = { error: 'BAD_REQUEST' };
const TEXT = { error: 'BAD_SEARCH' };

/** Maximum number of vehicles of one answer. */
export const MAX_FOUND = 500;
/** Maximum length of a searched text; ids have up to 64 characters. */
export const MAX_SEARCH_LENGTH = 64;

export const VehicleState = z.enum(['available', 'on_trip', 'busy', 'offline'], REQUEST);
/** State of a vehicle of the fleet: a driver with an open trip is `on_trip`, also without a signal. */
export type VehicleState = z.infer<typeof VehicleState>;

/** Searches the whole fleet. Every part is optional. */
export const FleetSearch = z.object(
  {
    /** any part of the id of a driver, or of the id or rider of its open trip, ignoring case; at most 64 characters */
    text: z.string(TEXT).max(MAX_SEARCH_LENGTH, TEXT).optional(),
    /** states of the vehicles, by default all but `offline` */
    states: z.array(VehicleState, REQUEST).max(VehicleState.options.length, REQUEST).optional(),
    /** whether to return only vehicles without a signal */
    noSignal: z.boolean(REQUEST).optional(),
    /** order of the vehicles: by id, with ids that begin with the text first; by state; or the oldest position first */
    order: z.enum(['id', 'state', 'age'], REQUEST).optional(),
    /** number of vehicles to leave out at the beginning, 0 by default */
    offset: z.int(REQUEST).min(0, REQUEST).max(10_000_000, REQUEST).optional(),
    /** maximum number of vehicles, up to 500; 100 by default */
    limit: limit(MAX_FOUND).optional(),
  },
  REQUEST,
);
/** Search in the whole fleet. */
export type FleetSearch = z.infer<typeof FleetSearch>;

export const FoundVehicle = z.object({
  /** driver id */
  id: z.string(),
  /** degrees north */
  lat: z.number(),
  /** degrees east */
  lng: z.number(),
  /** degrees clockwise from true north, [0, 360) */
  heading: z.number(),
  /** metres per second */
  speedMps: z.number(),
  /** time of the last fix by the device's clock, epoch ms */
  t: z.number(),
  /** time when the service received it, epoch ms by its own clock */
  receivedAt: z.number(),
  /** current state */
  state: VehicleState,
  /** whether its last fix is older than that of a vehicle that works */
  noSignal: z.boolean(),
  /** its open trip, or null */
  tripId: z.string().nullable(),
});
/** One vehicle of the fleet at its last position. */
export type FoundVehicle = z.infer<typeof FoundVehicle>;

export const FleetPage = z.object({
  /** vehicles from `offset` on, in order */
  vehicles: z.array(FoundVehicle),
  /** number of vehicles that the whole search finds */
  total: z.number(),
  /** number of vehicles that the text finds, in each state, and of those without a signal among them */
  counts: z.object({
    /** free for a trip */
    available: z.number(),
    /** with an open trip */
    on_trip: z.number(),
    /** not free, without a trip */
    busy: z.number(),
    /** went offline or fell silent within the last day */
    offline: z.number(),
    /** not offline, but without a signal */
    noSignal: z.number(),
  }),
  /** open trips whose id, rider or driver matches the text, oldest first, at most 20; none without a text */
  trips: z.array(Trip),
  /** number of such trips */
  totalTrips: z.number(),
  /** time of this state of the fleet, epoch ms */
  at: z.number(),
});
/** Answer to a search in the fleet, from a state that is a few seconds old. */
export type FleetPage = z.infer<typeof FleetPage>;

/** Searches the trips of the last days. Every part is optional. */
export const TripSearch = z.object(
  {
    /** only trips that had not ended before this time, epoch ms */
    from: z.number(REQUEST).min(0, REQUEST).optional(),
    /** only trips that ended before this time, epoch ms; `next` of an answer is where its following page begins */
    before: z.number(REQUEST).min(0, REQUEST).optional(),
    /** any part of the id of a trip, of its rider or its driver, ignoring case; at most 64 characters */
    text: z.string(TEXT).max(MAX_SEARCH_LENGTH, TEXT).optional(),
    /** maximum number of trips, up to 500; 100 by default */
    limit: limit(MAX_FOUND).optional(),
  },
  REQUEST,
);
/** Search in the trips that have ended. */
export type TripSearch = z.infer<typeof TripSearch>;

export const TripPage = z.object({
  /** trips that have ended, the last one first */
  trips: z.array(Trip),
  /** `before` of the next page; null when there is none */
  next: z.number().nullable(),
});
/** Answer to a search in the trips that have ended: those of the last week, a hundred thousand at most. */
export type TripPage = z.infer<typeof TripPage>;
