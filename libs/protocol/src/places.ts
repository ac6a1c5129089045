import { z } from 'zod';
import { CODES, type Code } from './codes.js';
import { Estimate } from './estimate.js';
import { queryNumber } from './query.js';
import { Lat, Lng, Position } from './schemas.js';
import { NearestPlace } from './zone-effects.js';

/** Distance to a street beyond which a place is refused, metres. */
export const MAX_TO_STREET_M = 150;

/** Query of GET /api/places/nearest. */
export const StreetQuery = z.object(
  {
    lat: queryNumber('BAD_POSITION', Lat),
    lng: queryNumber('BAD_POSITION', Lng),
    /** use of the place, by which zones allow it */
    use: z.enum(['pickup', 'dropoff'], { error: 'BAD_REQUEST' }),
  },
  { error: 'BAD_REQUEST' },
);
export type StreetQuery = z.infer<typeof StreetQuery>;

/** Query of GET /api/places: the text, and the place around which to search. */
export const PlaceQuery = z.object(
  {
    q: z.string({ error: 'BAD_TEXT' }).trim().min(1, 'EMPTY_TEXT').max(100, 'BAD_TEXT'),
    lat: queryNumber('BAD_POSITION', Lat),
    lng: queryNumber('BAD_POSITION', Lng),
  },
  { error: 'BAD_REQUEST' },
);
export type PlaceQuery = z.infer<typeof PlaceQuery>;

export const PlaceRefusal = z.object({
  /** reason of the refusal */
  code: z.enum(Object.keys(CODES) as [Code, ...Code[]]),
  /** nearest place where the request would be accepted; null if none is known */
  nearest: NearestPlace.nullable(),
});
/** Reason why a request from, or to, a place would be refused. */
export type PlaceRefusal = z.infer<typeof PlaceRefusal>;

export const StreetPlace = z.object({
  /** degrees north */
  lat: z.number(),
  /** degrees east */
  lng: z.number(),
  /** distance from the place that was asked for, metres; 0 without a router */
  awayM: z.number(),
  /** refusal that a request from, or to, the place would get; null if it would be accepted */
  refusal: PlaceRefusal.nullable(),
});
/** Nearest place at a street, where a pin belongs. */
export type StreetPlace = z.infer<typeof StreetPlace>;

export const FoundPlace = z.object({
  /** name of the place */
  name: z.string(),
  /** district, street or city that distinguishes it; null without one */
  detail: z.string().nullable(),
  /** degrees north */
  lat: z.number(),
  /** degrees east */
  lng: z.number(),
});
/** Place that a search has found. */
export type FoundPlace = z.infer<typeof FoundPlace>;

export const FoundPlaces = z.object({ places: z.array(FoundPlace) });
/** GET /api/places, best first. */
export type FoundPlaces = z.infer<typeof FoundPlaces>;

export const DrivingRoute = Estimate.extend({
  /** where it leads */
  to: z.enum(['pickup', 'dropoff']),
  /** the streets from the car to there */
  line: z.array(Position),
});
/** Way that a driver still has to drive, along streets. */
export type DrivingRoute = z.infer<typeof DrivingRoute>;

export const TripRoute = z.object({ route: DrivingRoute.nullable() });
/** GET /api/trips/:id/route; null without a router, without a car and while it waits. */
export type TripRoute = z.infer<typeof TripRoute>;
