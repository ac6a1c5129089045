import { z } from 'zod';

export const QueuePlace = z.object({
  /** H3 cell of resolution 3 in which the zone was published */
  region: z.string(),
  /** id of the zone in its region */
  zoneId: z.string(),
  /** name of the zone */
  name: z.string(),
  /** place among the drivers of the same vehicle class, from 1 */
  place: z.int(),
  /** number of drivers of the class who wait */
  of: z.int(),
  /** estimated wait by the departures of the last hour, s; null without any */
  waitS: z.number().nullable(),
});
/** Place of a driver in the queue of a zone. */
export type QueuePlace = z.infer<typeof QueuePlace>;

export const QueueUpdate = z.object({ queue: QueuePlace.nullable() });
/** Sent to a driver as `queue`; null when it waits in no queue any more. */
export type QueueUpdate = z.infer<typeof QueueUpdate>;

export const QueueState = z.object({
  /** H3 cell of resolution 3 in which the zone was published */
  region: z.string(),
  /** id of the zone in its region */
  zoneId: z.string(),
  /** name of the zone */
  name: z.string(),
  /** trips that drivers accepted from the queue within the last hour */
  departures: z.int(),
  /** drivers who wait, by vehicle class, first first */
  drivers: z.array(
    z.object({
      /** the driver */
      driverId: z.string(),
      /** class of the vehicle: each has a queue of its own */
      vehicleClass: z.string(),
      /** place in the queue of the class, from 1 */
      place: z.int(),
      /** time of entry, or of the last offer that was not accepted, epoch ms */
      since: z.number(),
      /** estimated wait, s; null without departures within the last hour */
      waitS: z.number().nullable(),
    }),
  ),
});
/** The queue of a zone. */
/** Drivers who wait in a queue zone. */
export type QueueState = z.infer<typeof QueueState>;

export const NearestPlace = z.object({
  /** degrees north */
  lat: z.number(),
  /** degrees east */
  lng: z.number(),
  /** name of the pick-up point; null for any other place */
  name: z.string().nullable(),
});
/** Nearest place where a refused request would be accepted. */
export type NearestPlace = z.infer<typeof NearestPlace>;
