import { z } from 'zod';
import { type Code, isCode, ProtocolError } from './codes.js';

/** Error options with which a schema fails with a code of the protocol. */
const code = (name: Code) => ({ error: name });

const bounded = (name: Code, min: number, max: number) =>
  z.number(code(name)).min(min, code(name)).max(max, code(name));

export const Id = z.string(code('BAD_ID')).regex(/^[A-Za-z0-9_.:@|+-]{1,64}$/, code('BAD_ID'));

export const Lat = bounded('BAD_POSITION', -90, 90);
export const Lng = bounded('BAD_POSITION', -180, 180);
/** Position on the earth, WGS 84. */
export const Position = z.object(
  {
    /** degrees north, [-90, 90] */
    lat: Lat,
    /** degrees east, [-180, 180] */
    lng: Lng,
  },
  code('BAD_POSITION'),
);
export type Position = z.infer<typeof Position>;

/** Status that a driver sets: free for a trip, not free, not working. */
export const Status = z.enum(['available', 'busy', 'offline'], code('BAD_STATUS'));
/** Status that a driver sets. */
export type Status = z.infer<typeof Status>;

/** PUT /api/status. */
export const StatusChange = z.object({ status: Status }, code('BAD_REQUEST'));
export type StatusChange = z.infer<typeof StatusChange>;

export const RadiusM = bounded('BAD_RADIUS', 1, 5_000);
/** Circle around a pin. */
export const NearbyWatch = z.object(
  {
    /** degrees north */
    lat: Lat,
    /** degrees east */
    lng: Lng,
    /** metres, 1 to 5000 */
    radiusM: RadiusM,
    /** whether to return only the difference from the pin watched before on this connection */
    delta: z.boolean(code('BAD_REQUEST')).optional(),
  },
  code('BAD_REQUEST'),
);
export type NearbyWatch = z.infer<typeof NearbyWatch>;

export const TripWatch = z.object({ tripId: Id }, code('BAD_REQUEST'));
export type TripWatch = z.infer<typeof TripWatch>;

export const DriverWatch = z.object({ driverId: Id }, code('BAD_REQUEST'));
export type DriverWatch = z.infer<typeof DriverWatch>;

/** [west, south, east, north] in degrees. */
export const Bbox = z
  .tuple(
    [
      bounded('BAD_BBOX', -180, 180),
      bounded('BAD_BBOX', -90, 90),
      bounded('BAD_BBOX', -180, 180),
      bounded('BAD_BBOX', -90, 90),
    ],
    code('BAD_BBOX'),
  )
  .refine(([west, south, east, north]) => west < east && south < north, code('BAD_BBOX'));
export type Bbox = z.infer<typeof Bbox>;

/** Viewport of a map. */
export const FleetWatch = z.object(
  {
    /** visible area of the map */
    bbox: Bbox,
    /** zoom level of the map, 0 to 24 */
    zoom: z.number(code('BAD_REQUEST')).min(0).max(24),
    /** whether to return only the difference from the viewport watched before on this connection */
    delta: z.boolean(code('BAD_REQUEST')).optional(),
  },
  code('BAD_REQUEST'),
);
/** Viewport to watch. */
export type FleetWatch = z.infer<typeof FleetWatch>;

/** New token for a connection; it must have the same user and role. */
export const TokenRenewal = z.object({ token: z.string(code('BAD_TOKEN')) }, code('BAD_REQUEST'));
export type TokenRenewal = z.infer<typeof TokenRenewal>;

/** Payload of an event that needs none; anything sent is ignored. */
export const Nothing = z.unknown();

/** Query of GET /api/nearby. */
export const NearbyQuery = z.object(
  {
    lat: z.coerce.number(code('BAD_POSITION')).pipe(Lat),
    lng: z.coerce.number(code('BAD_POSITION')).pipe(Lng),
    radiusM: z.coerce.number(code('BAD_RADIUS')).pipe(RadiusM),
    limit: z.coerce
      .number(code('BAD_LIMIT'))
      .pipe(z.int(code('BAD_LIMIT')).min(1, code('BAD_LIMIT')).max(100, code('BAD_LIMIT')))
      .default(20),
  },
  code('BAD_REQUEST'),
);
export type NearbyQuery = z.infer<typeof NearbyQuery>;

const Corner = z.tuple([Lat, Lng], code('BAD_POLYGON')).transform(([lat, lng]) => ({ lat, lng }));
export const numbersOf = (text: string): number[] =>
  text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));

/** Query of GET /api/fleet: one area, and the maximum number of vehicles. */
export const FleetQuery = z
  .object(
    {
      bbox: z.string().transform(numbersOf).pipe(Bbox).optional(),
      polygon: z
        .string()
        .transform((text) => text.split(';').map(numbersOf))
        .pipe(z.array(Corner).min(3, code('BAD_POLYGON')).max(100, code('BAD_POLYGON')))
        .optional(),
      limit: z.coerce
        .number(code('BAD_LIMIT'))
        .pipe(z.int(code('BAD_LIMIT')).min(1, code('BAD_LIMIT')).max(5_000, code('BAD_LIMIT')))
        .default(2_000),
    },
    code('BAD_REQUEST'),
  )
  .refine(({ bbox, polygon }) => (bbox === undefined) !== (polygon === undefined), code('BAD_AREA'));
export type FleetQuery = z.infer<typeof FleetQuery>;

/** Parses input from outside. @throws {ProtocolError} with the code and the path of the first error */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw refusal(result.error);
}

export function refusal(error: z.ZodError): ProtocolError {
  const issue = error.issues[0];
  const at = issue?.path.map(String).join('.');
  return new ProtocolError(
    isCode(issue?.message) ? issue.message : 'BAD_REQUEST',
    at === '' ? undefined : at,
  );
}
