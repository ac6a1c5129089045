import { z } from 'zod';
import { ProtocolError } from './codes.js';
import { SECONDS_BELOW } from './fix.js';
import { queryNumber } from './query.js';
import { Id, limit } from './schemas.js';
import { DAY_MS, HOUR_MS } from './timing.js';
import type { Trip } from './trip-schemas.js';
import { isOpen } from './trip-states.js';

/** Time span in epoch ms, both ends included. It is empty when `from` is after `to`. */
export type Span = { from: number; to: number };

const MAX_SPAN_MS = 7 * DAY_MS;
/** Maximum number of fixes of one answer. */
export const MAX_TRACK_FIXES = 100_000;
const BAD_SPAN = { error: 'BAD_SPAN' };

/** Epoch ms in a query. */
export const Time = queryNumber('BAD_SPAN', z.int(BAD_SPAN).min(SECONDS_BELOW, BAD_SPAN)).optional();

/** Query of GET /api/drivers/:id/track. */
export const TrackQuery = z.object(
  {
    from: Time,
    to: Time,
    /** maximum number of fixes, for GeoJSON */
    limit: queryNumber('BAD_LIMIT', limit(MAX_TRACK_FIXES)).default(MAX_TRACK_FIXES),
    format: z.enum(['geojson', 'gpx'], { error: 'BAD_REQUEST' }).optional(),
    tripId: Id.optional(),
  },
  { error: 'BAD_REQUEST' },
);
export type TrackQuery = z.infer<typeof TrackQuery>;

/**
 * Returns the time span of a query; by default the last hour. With a trip, the default is the whole trip, and the span
 * never extends beyond it.
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

/** Returns the span from acceptance to the end of a trip, or to `now` while it is open. Empty until a driver has accepted. */
export const tripSpan = (trip: Trip, now: number): Span => ({
  from: trip.times.accepted ?? now,
  to: isOpen(trip.state) ? now : trip.changedAt,
});
