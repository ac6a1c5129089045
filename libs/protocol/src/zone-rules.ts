import { z } from 'zod';
import { Lat, Lng } from './schemas.js';
import { oneLine } from './text.js';

const BAD_ZONE = { error: 'BAD_ZONE' };
const flag = (fallback: boolean) => z.boolean(BAD_ZONE).default(fallback);
const amount = (min: number, max: number, fallback: number) =>
  z.number(BAD_ZONE).min(min, BAD_ZONE).max(max, BAD_ZONE).default(fallback);

/** Id of a zone or of a pick-up point, made by the client that draws it. */
export const ZoneId = z.string(BAD_ZONE).regex(/^[A-Za-z0-9_-]{1,40}$/, BAD_ZONE);

/** Name of a zone or of a pick-up point: 1 to 80 visible characters. */
export const ZoneName = z.string(BAD_ZONE).overwrite(oneLine).min(1, BAD_ZONE).max(80, BAD_ZONE);

export const PickupPoint = z.strictObject(
  {
    /** unique in its zone */
    id: ZoneId,
    /** name that riders and drivers see */
    name: ZoneName,
    /** degrees north */
    lat: Lat,
    /** degrees east */
    lng: Lng,
  },
  BAD_ZONE,
);
/** Named place where drivers stop for riders. */
export type PickupPoint = z.infer<typeof PickupPoint>;

export const ZONE_EVENTS = ['enter', 'exit', 'dwell'] as const;
const ALERTED = ['available', 'busy'] as const;

/** Rules of each kind of zone. Every rule has a default, so `{}` is valid for every kind. */
export const ZONE_RULES = {
  /** trips start and end only inside a service area; without any, everywhere */
  service_area: z.strictObject({}, BAD_ZONE),
  no_pickup: z.strictObject({}, BAD_ZONE),
  no_dropoff: z.strictObject({}, BAD_ZONE),
  /** dispatch is alerted when a vehicle enters */
  no_go: z.strictObject(
    {
      /** minimum time between two alerts about the same vehicle, s */
      repeatAfterS: amount(0, 86_400, 600),
    },
    BAD_ZONE,
  ),
  /** a request inside is moved to the nearest of the points, if the rider agrees */
  pickup_points: z.strictObject(
    {
      /** 1 to 50 points when published */
      points: z.array(PickupPoint, BAD_ZONE).max(50, BAD_ZONE).default([]),
      /** distance beyond which no point is proposed, m */
      maxWalkM: amount(10, 5_000, 500),
    },
    BAD_ZONE,
  ),
  /** available drivers inside are offered trips in the order in which they entered */
  queue: z.strictObject(
    {
      /** time outside after which a driver loses the place, s */
      keepPlaceS: amount(0, 3_600, 300),
      /** whether a driver who returns from a short trip keeps the place */
      shortTripPriority: flag(true),
      /** longest duration of a short trip, s */
      shortTripMaxS: amount(60, 7_200, 900),
    },
    BAD_ZONE,
  ),
  /** a factor that is passed on with the trip, nothing more */
  surge: z.strictObject(
    {
      /** factor on the price, without a unit */
      factor: amount(1, 10, 1.5),
    },
    BAD_ZONE,
  ),
  /** dispatch is alerted when a vehicle enters, leaves or stays */
  alert: z.strictObject(
    {
      /** alerted events */
      on: z
        .array(z.enum(ZONE_EVENTS, BAD_ZONE), BAD_ZONE)
        .min(1, BAD_ZONE)
        .max(3, BAD_ZONE)
        .default(['enter']),
      /** time inside after which `dwell` is alerted, minutes */
      dwellMinutes: amount(1, 1_440, 10),
      /** status of the vehicles that are alerted */
      statuses: z
        .array(z.enum(ALERTED, BAD_ZONE), BAD_ZONE)
        .min(1, BAD_ZONE)
        .max(2, BAD_ZONE)
        .default([...ALERTED]),
    },
    BAD_ZONE,
  ),
} as const;

/** Purpose of a zone. */
export type ZoneKind = keyof typeof ZONE_RULES;

export const ZONE_KINDS = Object.keys(ZONE_RULES) as [ZoneKind, ...ZoneKind[]];

/** Rules of a zone of one kind, complete. */
export type RulesOf<K extends ZoneKind> = z.output<(typeof ZONE_RULES)[K]>;
