import { z } from 'zod';
import { FeedId } from './feed.js';
import { Role } from './roles.js';
import { Id, Lat, Lng } from './schemas.js';

const BAD_REGION = { error: 'BAD_REGION' };

/** An H3 cell of resolution 3. */
export const Region = z.string(BAD_REGION).regex(/^83[0-9a-f]{4}fffffffff$/, BAD_REGION);

export const RegionWatch = z.object({ region: Region, after: FeedId.nullish() }, { error: 'BAD_REQUEST' });
export type RegionWatch = z.infer<typeof RegionWatch>;

export const RegionUnwatch = z.object({ region: Region }, { error: 'BAD_REQUEST' });
export type RegionUnwatch = z.infer<typeof RegionUnwatch>;

/** POST /api/incidents: something happened here that dispatch should know of. */
export const IncidentReport = z.object(
  {
    kind: z.enum(['accident', 'breakdown', 'threat', 'other'], { error: 'BAD_REQUEST' }),
    text: z.string({ error: 'BAD_TEXT' }).trim().max(500, 'BAD_TEXT').default(''),
    lat: Lat,
    lng: Lng,
    tripId: Id.optional(),
  },
  { error: 'BAD_REQUEST' },
);
export type IncidentReport = z.infer<typeof IncidentReport>;

export const Reporter = z.object({
  /** of the token */
  role: Role,
  /** of the token */
  userId: z.string(),
});
/** Who reported an incident. */
export type Reporter = z.infer<typeof Reporter>;

export const Incident = z.object({
  /** H3 cell of resolution 3 */
  region: z.string(),
  /** what happened */
  kind: z.enum(['accident', 'breakdown', 'threat', 'other']),
  /** in words, at most 500 characters */
  text: z.string(),
  /** degrees */
  lat: z.number(),
  /** degrees */
  lng: z.number(),
  /** of the trip that it happened on */
  tripId: z.string().optional(),
  /** who reported it */
  by: Reporter,
  /** epoch ms */
  at: z.number(),
});
/** Told to dispatch as `incident`. */
export type Incident = z.infer<typeof Incident>;

export const TripAlert = z.object({
  /** H3 cell of resolution 3 */
  region: z.string(),
  /** what is wrong */
  kind: z.enum(['driver_silent', 'no_driver']),
  /** the trip that it is about */
  tripId: z.string(),
  /** its driver; null of one that has none */
  driverId: z.string().nullable(),
  /** degrees */
  lat: z.number(),
  /** degrees */
  lng: z.number(),
  /** epoch ms */
  at: z.number(),
});
/** Told to dispatch as `alert`: a trip whose driver fell silent, or that no driver took. */
export type TripAlert = z.infer<typeof TripAlert>;

export const Surge = z.object({
  /** H3 cell of resolution 3 */
  region: z.string(),
  /** how many */
  requests: z.number(),
  /** since when, epoch ms */
  since: z.number(),
  /** epoch ms */
  at: z.number(),
});
/** Told to dispatch as `surge`: many trips are requested in a region; again when it is twice as many. */
export type Surge = z.infer<typeof Surge>;

/** What is told of a region; `id` is that of the entry in the region's feed. */
export type RegionEvent = News<'incident', Incident> | News<'alert', TripAlert> | News<'surge', Surge>;

/** One kind of news. */
export type News<E extends string, P> = {
  /** of its entry in the feed of the region */
  id: string;
  /** which kind */
  event: E;
  /** what happened */
  payload: P;
};
