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

/** POST /api/incidents: reports an incident to dispatch. */
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
  /** role of the token */
  role: Role,
  /** user of the token */
  userId: z.string(),
});
/** User who reported an incident. */
export type Reporter = z.infer<typeof Reporter>;

export const Incident = z.object({
  /** H3 cell of resolution 3 */
  region: z.string(),
  /** kind of incident */
  kind: z.enum(['accident', 'breakdown', 'threat', 'other']),
  /** description, at most 500 characters */
  text: z.string(),
  /** degrees north */
  lat: z.number(),
  /** degrees east */
  lng: z.number(),
  /** trip during which it happened */
  tripId: z.string().optional(),
  /** user who reported it */
  by: Reporter,
  /** epoch ms */
  at: z.number(),
});
/** Sent to dispatch as `incident`. */
export type Incident = z.infer<typeof Incident>;

export const RegionAlert = z.object({
  /** H3 cell of resolution 3 */
  region: z.string(),
  /** `driver_silent`: the fixes of its driver stopped; `no_driver`: no driver accepted it; `second_device`: see `driverId` */
  kind: z.enum(['driver_silent', 'no_driver', 'second_device']),
  /** the trip; null for `second_device` */
  tripId: z.string().nullable(),
  /** driver of the trip, or the one that is online on two devices; null when the trip has none */
  driverId: z.string().nullable(),
  /** degrees north */
  lat: z.number(),
  /** degrees east */
  lng: z.number(),
  /** epoch ms */
  at: z.number(),
});
/** Sent to dispatch as `alert`: the driver of a trip fell silent, no driver accepted a trip, or a driver uses two devices. */
export type RegionAlert = z.infer<typeof RegionAlert>;

export const Surge = z.object({
  /** H3 cell of resolution 3 */
  region: z.string(),
  /** number of trips requested */
  requests: z.number(),
  /** start of the counted time, epoch ms */
  since: z.number(),
  /** epoch ms */
  at: z.number(),
});
/** Sent to dispatch as `surge`: many trips are requested in a region. Sent again when the number has doubled. */
export type Surge = z.infer<typeof Surge>;

/** Event in a region. */
export type RegionEvent =
  | RegionEventOf<'incident', Incident>
  | RegionEventOf<'alert', RegionAlert>
  | RegionEventOf<'surge', Surge>;

/** One kind of event in a region. */
export type RegionEventOf<E extends string, P> = {
  /** id of the entry in the feed of the region */
  id: string;
  /** kind of event */
  event: E;
  /** details of the event */
  payload: P;
};
