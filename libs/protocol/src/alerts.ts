import { z } from 'zod';
import { Region, Reporter } from './regions.js';
import { Bbox, Id, Lat, Lng, Position } from './schemas.js';
import { plainText } from './text.js';
import { DAY_MS } from './timing.js';

/** Maximum time until an alert expires, ms. */
export const MAX_ALERT_MS = DAY_MS;
/** Maximum number of alerts of an installation that have not expired. */
export const MAX_ACTIVE_ALERTS = 100;
/** Maximum number of alerts that one user sends within an hour. */
export const ALERTS_PER_HOUR = 60;
/** Maximum radius of a circle, metres. */
const MAX_RADIUS_M = 50_000;

const BAD_AREA = { error: 'BAD_AREA' };
const BAD_TEXT = { error: 'BAD_TEXT' };
const BAD_EXPIRY = { error: 'BAD_EXPIRY' };

export const Audience = z.enum(['riders', 'drivers', 'dispatchers']);
/** Kind of users that an alert is for. */
export type Audience = z.infer<typeof Audience>;

export const AlertArea = z.union(
  [
    z.strictObject({
      /** degrees north */
      lat: Lat,
      /** degrees east */
      lng: Lng,
      /** metres, 1 to 50000 */
      radiusM: z.number().min(1).max(MAX_RADIUS_M),
    }),
    z.strictObject({
      /** box in degrees */
      bbox: Bbox,
    }),
    z.strictObject({
      /** 3 to 100 corners, not closed */
      polygon: z.array(Position).min(3).max(100),
    }),
    z.strictObject({
      /** zone that is published now; the alert follows its changes */
      zone: z.strictObject({
        /** H3 cell of resolution 3 */
        region: Region,
        /** unique in its region */
        zoneId: Id,
      }),
    }),
  ],
  BAD_AREA,
);
/** Circle, box, polygon or zone. */
export type AlertArea = z.infer<typeof AlertArea>;

/** POST /api/alerts: sends an alert to everybody in an area or a region. */
export const AlertRequest = z
  .object(
    {
      area: AlertArea.optional(),
      region: Region.optional(),
      audience: z.array(Audience).min(1).max(Audience.options.length),
      text: z.string(BAD_TEXT).overwrite(plainText).min(1, 'EMPTY_TEXT').max(500, 'BAD_TEXT'),
      /** epoch ms */
      expiresAt: z.int(BAD_EXPIRY).min(0, BAD_EXPIRY),
    },
    { error: 'BAD_REQUEST' },
  )
  .refine(({ area, region }) => (area === undefined) !== (region === undefined), BAD_AREA);
export type AlertRequest = z.infer<typeof AlertRequest>;

export const AreaAlert = z.object({
  /** distinguishes alerts: an app that connects again may receive the same one again */
  id: z.string(),
  /** plain text, at most 500 characters */
  text: z.string(),
  /** time when it was sent, epoch ms */
  at: z.number(),
  /** time after which it is not delivered and not shown any more, epoch ms */
  expiresAt: z.number(),
});
/** Sent to riders and drivers in an area as `area:alert`. */
export type AreaAlert = z.infer<typeof AreaAlert>;

export const WithdrawnAlert = z.object({
  /** the alert */
  id: z.string(),
});
/** Sent to riders and drivers as `area:withdrawn`: an alert that their apps no longer show. */
export type WithdrawnAlert = z.infer<typeof WithdrawnAlert>;

export const Reached = z.object({
  /** riders whose apps it was sent to */
  riders: z.number(),
  /** drivers whose apps it was sent to */
  drivers: z.number(),
  /** dispatchers whose apps it was sent to */
  dispatchers: z.number(),
});
/** Number of users that an alert has reached, each counted once, with any number of apps. */
export type Reached = z.infer<typeof Reached>;

export const SentAlert = AreaAlert.extend({
  /** area of its receivers; null for a region */
  area: AlertArea.nullable(),
  /** regions that the area touches, H3 cells of resolution 3 */
  regions: z.array(z.string()),
  /** users that it is for */
  audience: z.array(Audience),
  /** the only fleet whose users it is for: that of its sender; missing for all */
  fleet: z.string().optional(),
  /** user who sent it */
  by: Reporter,
});
/** Alert as its sender and the gateways see it. */
export type SentAlert = z.infer<typeof SentAlert>;

export const RegionalAlert = SentAlert.extend({
  /** region to whose watchers it is sent, an H3 cell of resolution 3 */
  region: z.string(),
});
/** Sent to dispatch as `area:alert`, once for each region that the area touches, whoever the alert is for. */
export type RegionalAlert = z.infer<typeof RegionalAlert>;

export const RegionalWithdrawal = WithdrawnAlert.extend({
  /** region to whose watchers it is sent, an H3 cell of resolution 3 */
  region: z.string(),
  /** the only fleet whose users the alert was for; missing for all */
  fleet: z.string().optional(),
  /** user who withdrew it */
  by: Reporter,
  /** time when it was withdrawn, epoch ms */
  at: z.number(),
});
/** Sent to dispatch as `area:withdrawn`, once for each region that the area of the alert touches. */
export type RegionalWithdrawal = z.infer<typeof RegionalWithdrawal>;

export const AlertReach = z.object({
  /** the alert */
  id: z.string(),
  /** H3 cell of resolution 3 */
  region: z.string(),
  /** the only fleet whose users it is for; missing for all */
  fleet: z.string().optional(),
  /** users reached so far */
  reached: Reached,
});
/** Sent to dispatch as `area:reached`: how many users an alert has reached. */
export type AlertReach = z.infer<typeof AlertReach>;

export const ActiveAlert = SentAlert.extend({
  /** users reached so far */
  reached: Reached,
});
/** Alert that has not expired, in POST and GET /api/alerts. */
export type ActiveAlert = z.infer<typeof ActiveAlert>;
