import { z } from 'zod';
import { FeedId } from './feed.js';
import { isRegion } from './region-id.js';
import { Role } from './roles.js';
import { Id, Lat, Lng, Status } from './schemas.js';
import { plainText } from './text.js';
import { TripState } from './trips.js';
import { ZONE_EVENTS, ZONE_KINDS } from './zone-rules.js';

const BAD_REGION = { error: 'BAD_REGION' };

/** An H3 cell of resolution 3. */
export const Region = z.string(BAD_REGION).refine(isRegion, BAD_REGION);

export const RegionWatch = z.object({ region: Region, after: FeedId.nullish() }, { error: 'BAD_REQUEST' });
export type RegionWatch = z.infer<typeof RegionWatch>;

export const RegionUnwatch = z.object({ region: Region }, { error: 'BAD_REQUEST' });
export type RegionUnwatch = z.infer<typeof RegionUnwatch>;

/** POST /api/incidents: reports an incident to dispatch. */
export const IncidentReport = z.object(
  {
    kind: z.enum(['accident', 'breakdown', 'threat', 'other'], { error: 'BAD_REQUEST' }),
    text: z.string({ error: 'BAD_TEXT' }).overwrite(plainText).max(500, 'BAD_TEXT').default(''),
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
  /** fleet of the user, which it concerns; missing for one that staff of all fleets reported, which concerns all */
  fleet: z.string().nullable().optional(),
  /** epoch ms */
  at: z.number(),
});
/** Sent to dispatch as `incident`. */
export type Incident = z.infer<typeof Incident>;

export const AlertedZone = z.object({
  /** id of the zone in its region */
  id: z.string(),
  /** name of the zone */
  name: z.string(),
  /** action of the vehicle */
  event: z.enum(ZONE_EVENTS),
});
/** Zone that an alert is about. */
export type AlertedZone = z.infer<typeof AlertedZone>;

export const RegionAlert = z.object({
  /** H3 cell of resolution 3 */
  region: z.string(),
  /**
   * `driver_silent`: the fixes of its driver stopped; `no_driver`: no driver accepted it; `second_device`: see `driverId`;
   * `far_step`: see `awayM`; `no_go`: the driver entered a zone that it must not; `zone`: the driver entered or left a zone, or
   * stayed in it
   */
  kind: z.enum(['driver_silent', 'no_driver', 'second_device', 'far_step', 'no_go', 'zone']),
  /** the trip; null for alerts about a driver */
  tripId: z.string().nullable(),
  /** driver of the trip, or the one that the alert is about; null when the trip has none */
  driverId: z.string().nullable(),
  /** fleet of the trip; missing for alerts about a driver */
  fleet: z.string().nullable().optional(),
  /** step that its driver took far from the place of the step; only for `far_step` */
  step: TripState.optional(),
  /** distance from it, metres; only for `far_step` */
  awayM: z.number().optional(),
  /** degrees north */
  lat: z.number(),
  /** degrees east */
  lng: z.number(),
  /** epoch ms */
  at: z.number(),
  /** the zone, for `no_go` and `zone` only */
  zone: AlertedZone.optional(),
});
/**
 * Sent to dispatch as `alert`: the driver of a trip fell silent or took a step far from its place, no driver accepted a trip,
 * a driver uses two devices, or a zone asks for it.
 */
export type RegionAlert = z.infer<typeof RegionAlert>;

export const ZoneCrossing = z.object({
  /** H3 cell of resolution 3, in which the zone was published */
  region: z.string(),
  /** id of the zone in its region */
  zoneId: z.string(),
  /** name of the zone; null if it is not published any more */
  name: z.string().nullable(),
  /** kind of the zone; null if it is not published any more */
  kind: z.enum(ZONE_KINDS).nullable(),
  /** the vehicle */
  driverId: z.string(),
  /** status of the vehicle */
  status: Status,
  /** degrees north */
  lat: z.number(),
  /** degrees east */
  lng: z.number(),
  /** when the vehicle entered, by its clock, epoch ms */
  since: z.number(),
  /** time of the fix that decided it, epoch ms */
  at: z.number(),
});
/** Sent to dispatch as `zone:entered`, `zone:left` and `zone:dwelled`. */
export type ZoneCrossing = z.infer<typeof ZoneCrossing>;

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
