import { z } from 'zod';
import { ProtocolError } from './codes.js';
import { numbersOf } from './query.js';
import { Bbox } from './schemas.js';
import { HOUR_MS } from './timing.js';
import { type Span, Time } from './track.js';

const MAX_SPAN_MS = 6 * HOUR_MS;

/** Query of GET /api/fleet/history. */
export const HistoryQuery = z.object(
  {
    bbox: z.string({ error: 'BAD_BBOX' }).transform(numbersOf).pipe(Bbox),
    from: Time,
    to: Time,
  },
  { error: 'BAD_REQUEST' },
);
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/**
 * Returns the time span of a query; by default the last hour.
 * @param now epoch ms
 * @throws {ProtocolError} BAD_SPAN when it ends before it begins, or is longer than 6 hours
 */
export function historySpan({ to: end, from: begin }: Partial<Span>, now: number): Span {
  const to = end ?? now;
  const from = begin ?? to - HOUR_MS;
  if (from > to || to - from > MAX_SPAN_MS)
    throw new ProtocolError('BAD_SPAN', 'at most 6 hours for an area');
  return { from, to };
}
