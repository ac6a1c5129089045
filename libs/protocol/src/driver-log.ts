import { z } from 'zod';
import { CODES, type Code } from './codes.js';
import { Status } from './schemas.js';
import { TripState } from './trips.js';

/** Maximum number of entries and of fixes in a log. */
export const MAX_DRIVER_LOG = 500;

export const DriverLogEntry = z.object({
  /**
   * `connected`, `disconnected`: a socket; `refused`: fixes that a gateway refused; `decided`: fixes that did not move the
   * driver; `status`: declared by the app; `silent`: removed, because no position came; `offer`, `trip`: of a trip
   */
  kind: z.enum(['connected', 'disconnected', 'refused', 'decided', 'status', 'silent', 'offer', 'trip']),
  /** time of the entry by the service's clock, epoch ms */
  at: z.number(),
  /** process that made the entry */
  node: z.string(),
  /** device of a socket that connected */
  deviceId: z.string().optional(),
  /** why a socket ended, in the words of Socket.IO */
  reason: z.string().optional(),
  /** code with which fixes were refused */
  code: z.enum(Object.keys(CODES) as [Code, ...Code[]]).optional(),
  /** number of fixes */
  count: z.int().optional(),
  /** decision about fixes, or how an offer began or ended */
  outcome: z
    .enum([
      ...(['late', 'implausible', 'refused'] as const),
      ...(['made', 'accepted', 'taken', 'withdrawn', 'expired', 'cancelled'] as const),
    ])
    .optional(),
  /**
   * reason of a decision: late by its `order` or, as `silent`, taken too long ago; a `jump` too far, or `inaccurate`; a time in
   * the `future`; `malformed`
   */
  why: z.enum(['order', 'silent', 'jump', 'inaccurate', 'future', 'malformed']).optional(),
  /** time of the first of the fixes, epoch ms */
  t: z.number().optional(),
  /** declared status */
  status: Status.optional(),
  /** trip of an offer or of a change of state */
  tripId: z.string().optional(),
  /** new state of the trip */
  state: TripState.optional(),
});
/** Something that the service saw or decided about one driver. */
export type DriverLogEntry = z.infer<typeof DriverLogEntry>;

export const DriverLog = z.object({
  /** the driver */
  driverId: z.string(),
  /** start of the log, an hour ago, epoch ms */
  from: z.number(),
  /** oldest first; the newest 500 */
  entries: z.array(DriverLogEntry),
  /** accepted and late fixes, by their time; the newest 500 */
  fixes: z.array(
    z.object({
      /** time of the fix, epoch ms */
      t: z.number(),
      /** degrees */
      lat: z.number(),
      /** degrees */
      lng: z.number(),
      /** whether it arrived too late to move the driver */
      late: z.boolean(),
    }),
  ),
});
/** GET /api/drivers/:id/log: the last hour of one driver as the service saw it. */
export type DriverLog = z.infer<typeof DriverLog>;
