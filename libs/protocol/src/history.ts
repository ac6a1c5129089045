import { z } from 'zod';
import { Refusal } from './codes.js';
import { Bbox, numbersOf } from './schemas.js';
import { type Span, Time } from './track.js';

const HOUR_MS = 3_600_000;
const MAX_SPAN_MS = 6 * HOUR_MS;

/** What GET /api/fleet/history takes, as strings of the query. */
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
 * Until now and for an hour, unless a query says otherwise.
 * @param now epoch ms
 * @throws {Refusal} BAD_SPAN when it ends before it begins, or is longer than 6 hours
 */
export function historySpan({ to: end, from: begin }: Partial<Span>, now: number): Span {
  const to = end ?? now;
  const from = begin ?? to - HOUR_MS;
  if (from > to || to - from > MAX_SPAN_MS) throw new Refusal('BAD_SPAN', 'of an area, 6 hours');
  return { from, to };
}

/** GET /api/fleet/history: who drove where in an area. */
export type FleetHistory = {
  /** the time that was looked at, epoch ms */
  from: number;
  /** its end, included */
  to: number;
  /** those who were there */
  vehicles: VehicleHistory[];
  /** more vehicles were there, or there is more of them, than is answered */
  truncated: boolean;
};

/**
 * One vehicle while it was in the area, and its last fix before and its first one after. Fixes that lie on the way from
 * one to the next, within 8 m and 60 s, are left out; where two lie farther apart in time, it was not heard in between.
 */
export type VehicleHistory = {
  /** the user who drove */
  driverId: string;
  /** ms after `from`, of each position */
  times: number[];
  /** [lng, lat] in degrees */
  positions: Array<[lng: number, lat: number]>;
};
