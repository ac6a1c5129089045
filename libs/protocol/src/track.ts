import { z } from 'zod';
import { ProtocolError } from './codes.js';
import { SECONDS_BELOW } from './fix.js';
import { Id } from './schemas.js';
import type { Trip } from './trip-schemas.js';
import { isOpen } from './trips.js';

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
 * @throws {ProtocolError} BAD_SPAN when it ends before it begins, or is longer than 7 days
 */
export function spanOf(query: Pick<TrackQuery, 'from' | 'to'>, trip: Trip | null, now: number): Span {
  const within = trip === null ? null : tripSpan(trip, now);
  const to = query.to ?? now;
  const from = query.from ?? Math.min(within?.from ?? to - HOUR_MS, to);
  if (from > to || to - from > MAX_SPAN_MS) throw new ProtocolError('BAD_SPAN');
  return within === null ? { from, to } : { from: Math.max(from, within.from), to: Math.min(to, within.to) };
}

/** From when the driver accepted to the end of a trip; to `now` while it is open. Empty while nobody has accepted. */
export const tripSpan = (trip: Trip, now: number): Span => ({
  from: trip.times.accepted ?? now,
  to: isOpen(trip.state) ? now : trip.changedAt,
});
