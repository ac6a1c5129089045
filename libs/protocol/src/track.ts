import { z } from 'zod';
import { Refusal } from './codes.js';
import { SECONDS_BELOW } from './fix.js';
import { Id } from './schemas.js';
import { isOpen, type Trip } from './trips.js';

/** From and to are epoch ms, both included. Where `from` is after `to`, it is empty. */
export type Span = { from: number; to: number };

const HOUR_MS = 3_600_000;
const MAX_SPAN_MS = 7 * 24 * HOUR_MS;
/** Maximum number of fixes of one answer. */
export const MAX_TRACK_FIXES = 100_000;
const BAD_LIMIT = { error: 'BAD_LIMIT' };
const BAD_SPAN = { error: 'BAD_SPAN' };

/** An empty one becomes 0, which looks like seconds too. */
export const Time = z.coerce.number(BAD_SPAN).pipe(z.int(BAD_SPAN).min(SECONDS_BELOW, BAD_SPAN)).optional();

/** What GET /api/drivers/:id/track takes, as strings of the query. */
export const TrackQuery = z.object(
  {
    from: Time,
    to: Time,
    /** of GeoJSON */
    limit: z.coerce
      .number(BAD_LIMIT)
      .pipe(z.int(BAD_LIMIT).min(1, BAD_LIMIT).max(MAX_TRACK_FIXES, BAD_LIMIT))
      .default(MAX_TRACK_FIXES),
    format: z.enum(['geojson', 'gpx'], { error: 'BAD_REQUEST' }).optional(),
    tripId: Id.optional(),
  },
  { error: 'BAD_REQUEST' },
);
export type TrackQuery = z.infer<typeof TrackQuery>;

/**
 * The time that a query asks for: until now and for an hour, unless it says otherwise. With a trip, all of the trip,
 * and never a moment before or after it.
 * @param now epoch ms
 * @throws {Refusal} BAD_SPAN when it ends before it begins, or is longer than 7 days
 */
export function spanOf(query: Pick<TrackQuery, 'from' | 'to'>, trip: Trip | null, now: number): Span {
  const within = trip === null ? null : tripSpan(trip, now);
  const to = query.to ?? now;
  const from = query.from ?? Math.min(within?.from ?? to - HOUR_MS, to);
  if (from > to || to - from > MAX_SPAN_MS) throw new Refusal('BAD_SPAN');
  return within === null ? { from, to } : { from: Math.max(from, within.from), to: Math.min(to, within.to) };
}

/** From when the driver accepted to the end of a trip; to `now` while it is open. Empty while nobody has accepted. */
export const tripSpan = (trip: Trip, now: number): Span => ({
  from: trip.times.accepted ?? now,
  to: isOpen(trip.state) ? now : trip.changedAt,
});

/** [lng, lat] in degrees, RFC 7946. */
export type TrackGeometry =
  | {
      /** of several positions */
      type: 'LineString';
      /** in order of time */
      coordinates: Array<[lng: number, lat: number]>;
    }
  | {
      /** of a single one */
      type: 'Point';
      /** where it is */
      coordinates: [lng: number, lat: number];
    };

/**
 * GET /api/drivers/:id/track: a GeoJSON feature, RFC 7946. Its positions are [lng, lat] in order of time: a LineString,
 * a Point where there is only one, null where there is none. The line is not cut at the antimeridian, so that the lists
 * in `properties` have one item for each position.
 */
export type Track = {
  /** of GeoJSON */
  type: 'Feature';
  /** the way */
  geometry: TrackGeometry | null;
  /** what is known of each position, and of all of them */
  properties: {
    /** the user who drove */
    driverId: string;
    /** the time that was looked at, epoch ms; without the moments that the caller may not see */
    from: number;
    /** its end, epoch ms, included */
    to: number;
    /** driven, metres, without the noise of a standing receiver */
    distanceM: number;
    /** how many fixes the track has */
    fixes: number;
    /** there are later fixes, which did not fit */
    truncated: boolean;
    /** the `from` that asks for them, epoch ms; null when there are none */
    next: number | null;
    /** of each position, epoch ms */
    times: number[];
    /** of each position, degrees clockwise from true north, [0, 360) */
    headings: number[];
    /** of each position, metres per second */
    speedsMps: number[];
    /** indexes of the positions that came after newer ones, and so moved nobody when they came */
    late: number[];
  };
};
