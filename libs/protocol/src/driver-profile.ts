import { z } from 'zod';
import { queryNumber } from './query.js';
import { Lat, Lng } from './schemas.js';
import { contained } from './text.js';
import { CLASS_NAME, MAX_SEATS, USUAL_CLASS, USUAL_SEATS } from './vehicle-class.js';
import { Zone } from './zone.js';

const BAD_PROFILE = { error: 'BAD_PROFILE' };
const MAX_URL = 500;

/** Text of one line without control characters. */
const text = (max: number) =>
  z
    .string(BAD_PROFILE)
    .overwrite(contained)
    .trim()
    .min(1, BAD_PROFILE)
    .max(max, BAD_PROFILE)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, BAD_PROFILE);

const isHttps = (url: string): boolean => URL.canParse(url) && new URL(url).protocol === 'https:';

export const DriverVehicle = z.object(
  {
    /** for example Toyota; at most 40 characters, like model and colour */
    make: text(40),
    /** for example Corolla */
    model: text(40),
    /** in the words of the rider */
    colour: text(40),
    /** number plate, at most 20 characters */
    plate: text(20),
    /** class that requests name: lower-case letters, digits and hyphens, at most 20 */
    class: z.string(BAD_PROFILE).regex(CLASS_NAME, BAD_PROFILE).default(USUAL_CLASS),
    /** seats for riders, 1 to 16 */
    seats: z.int(BAD_PROFILE).min(1, BAD_PROFILE).max(MAX_SEATS, BAD_PROFILE).default(USUAL_SEATS),
  },
  BAD_PROFILE,
);
/** Vehicle of a driver. */
export type DriverVehicle = z.output<typeof DriverVehicle>;

export const DriverProfile = z.object(
  {
    /** name to show to riders, at most 60 characters */
    name: text(60),
    /** https address of a photo, at most 500 characters; null without one */
    photoUrl: z
      .string(BAD_PROFILE)
      .max(MAX_URL, BAD_PROFILE)
      .refine(isHttps, BAD_PROFILE)
      .nullable()
      .default(null),
    /** the vehicle */
    vehicle: DriverVehicle,
  },
  BAD_PROFILE,
);
/** Profile of a driver: who comes, and in which vehicle. */
export type DriverProfile = z.output<typeof DriverProfile>;

/** Query of GET /api/service. */
export const ServiceQuery = z.object(
  { lat: queryNumber('BAD_POSITION', Lat), lng: queryNumber('BAD_POSITION', Lng) },
  { error: 'BAD_REQUEST' },
);
export type ServiceQuery = z.infer<typeof ServiceQuery>;

export const OfferedClass = z.object({
  /** name of the class */
  vehicleClass: z.string(),
  /** largest number of seats of a vehicle of the class */
  seats: z.int(),
});
/** Class of vehicles that are near a place. */
export type OfferedClass = z.infer<typeof OfferedClass>;

export const ServiceHere = z.object({
  /** published zones that the caller may see, of the region of the place and of those around it */
  zones: z.array(Zone),
  /** classes of the vehicles near the place, by name */
  vehicleClasses: z.array(OfferedClass),
});
/** Answer to GET /api/service: all that the service offers at a place. */
export type ServiceHere = z.infer<typeof ServiceHere>;
