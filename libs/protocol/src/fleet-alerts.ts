import { z } from 'zod';
import { Incident, RegionAlert } from './regions.js';

const REQUEST = { error: 'BAD_REQUEST' };

/** Maximum number of alerts of one answer. */
export const MAX_ALERTS = 500;
/** Maximum number of alerts that are marked at once. */
export const MAX_MARKED = 200;

export const AlertMark = z.object({
  /** `dismissed`: needs no attention; `taken`: the user takes care of it */
  as: z.enum(['dismissed', 'taken']),
  /** user who marked it, from the token */
  by: z.string(),
  /** time of the mark, epoch ms */
  at: z.number(),
});
/** Decision of a dispatcher about an alert, shared with all others. */
export type AlertMark = z.infer<typeof AlertMark>;

export const FleetAlert = z.object({
  /** the same while the alert lasts */
  id: z.string(),
  /**
   * `no_driver`: a rider waits for a driver; `slow_approach`, `long_wait`: a driver is on the way, or waits, for long;
   * `driver_silent`: the driver of a trip has no signal; `second_device`, `far_step`, `incident`: as in the feed of the region;
   * `no_go`, `zone`: the driver is in a zone for which dispatch is alerted
   */
  kind: z.enum([
    'driver_silent',
    'no_driver',
    'slow_approach',
    'long_wait',
    'second_device',
    'far_step',
    'no_go',
    'zone',
    'incident',
  ]),
  /** the trip that it is about, or null */
  tripId: z.string().nullable(),
  /** the driver that it is about, or null */
  driverId: z.string().nullable(),
  /** when it began, epoch ms */
  at: z.number(),
  /** name of the zone; only for `no_go` and `zone` */
  zone: z.string().optional(),
  /** kind and text of the incident, and user who reported it; only for `incident` */
  incident: Incident.pick({ kind: true, text: true, by: true }).optional(),
  /** decision of a dispatcher; null without one */
  mark: AlertMark.nullable(),
});
/** Condition somewhere in the fleet that needs a dispatcher; it ends with its cause. */
export type FleetAlert = z.infer<typeof FleetAlert>;

export const FleetAlerts = z.object({
  /** newest first within those without a mark, then the others; at most 500 */
  alerts: z.array(FleetAlert),
  /** number of alerts, also of those that are left out */
  total: z.number(),
});
/** Alerts of the whole fleet. */
export type FleetAlerts = z.infer<typeof FleetAlerts>;

/** Decision about alerts, for all dispatchers. */
export const AlertMarking = z.object(
  {
    /** alerts; those that have ended are ignored */
    ids: z.array(z.string(REQUEST).max(300, REQUEST), REQUEST).min(1, REQUEST).max(MAX_MARKED, REQUEST),
    /** `open` removes the mark */
    as: z.enum(['dismissed', 'taken', 'open'], REQUEST),
  },
  REQUEST,
);
export type AlertMarking = z.infer<typeof AlertMarking>;

/** Event that is raised as an alert: an incident, or an alert whose end nothing shows. */
export type RaisedAlert = { id: string; expiresAt: number } & (
  | { event: 'incident'; payload: Incident }
  | { event: 'alert'; payload: RegionAlert }
);
