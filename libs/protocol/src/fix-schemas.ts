import { z } from 'zod';
import type { Code } from './codes.js';
import { Lat, Lng } from './schemas.js';

const code = (name: Code) => ({ error: name });

/** Absent and null mean the same: browsers report unknown values as null. */
const unknownable = <T extends z.ZodType>(schema: T) => schema.nullish();

/** Number that some devices report as -1 when it is unknown. */
const atMost = (name: Code, max: number) => unknownable(z.number(code(name)).max(max, code(name)));

/**
 * One reading of a device. The rules for several fields, and what the service keeps, are in `fix.ts`: within the schema they
 * would cost as much as all its fields.
 */
export const Fix = z.object(
  {
    /** time of the reading by the device's clock, epoch ms; a fraction is rounded */
    t: z.number(code('BAD_TIME')).min(0, code('BAD_TIME')).max(Number.MAX_SAFE_INTEGER, code('BAD_TIME')),
    /** degrees north, [-90, 90] */
    lat: Lat,
    /** degrees east, [-180, 180] */
    lng: Lng,
    /** radius that holds in 68% of cases, metres; unknown if negative */
    accuracyM: atMost('BAD_ACCURACY', 100_000),
    /** degrees clockwise from true north; 360 means 0; unknown if negative */
    heading: atMost('BAD_HEADING', 360),
    /** metres per second, at most 1000; unknown if negative */
    speedMps: atMost('BAD_SPEED', 1_000),
    /** height above sea level, metres, [-12000, 100000] */
    altitudeM: unknownable(
      z.number(code('BAD_ALTITUDE')).min(-12_000, code('BAD_ALTITUDE')).max(100_000, code('BAD_ALTITUDE')),
    ),
    /** charge of the battery, percent, at most 100; unknown if negative */
    batteryPct: atMost('BAD_BATTERY', 100),
    /** whether the device says that another app made up the position */
    isMock: unknownable(z.boolean(code('BAD_REQUEST'))),
    /** source of the position by its name on the device, such as `gps`; cut to 32 characters */
    provider: unknownable(z.string(code('BAD_REQUEST'))),
    /** number for the app's own use; the service ignores it */
    seq: unknownable(z.int(code('BAD_SEQ')).min(0, code('BAD_SEQ'))),
  },
  code('BAD_REQUEST'),
);

/** Names of the fields of a fix. */
export const FIX_FIELDS: ReadonlySet<string> = new Set(Object.keys(Fix.shape));

/** One reading of a device; unknown values are absent, null or, where the field says so, negative. */
export type Fix = z.input<typeof Fix>;

export const FixExtras = z.object({
  /** height above sea level, metres */
  altitudeM: z.number().nullable(),
  /** charge of the battery, percent, [0, 100] */
  batteryPct: z.number().nullable(),
  /** whether the device says that another app made up the position */
  isMock: z.boolean().nullable(),
  /** source of the position by its name on the device, such as `gps` */
  provider: z.string().nullable(),
});
/** Values that a fix carries besides the position; null for each that is unknown. */
export type FixExtras = z.infer<typeof FixExtras>;

export const Rejection = z.object({
  /** index of the fix in its batch */
  index: z.number(),
  /** reason of the rejection */
  code: z.custom<Code>().meta({ type: 'string' }),
  /** reason in words, for a developer; it names the field */
  message: z.string(),
});
/** A rejected fix of a batch, and the reason. */
export type Rejection = z.infer<typeof Rejection>;

/** Answer to a batch of fixes. */
export const FixesAnswer = z.object({
  /** number of fixes that were stored */
  accepted: z.int(),
  /** the others */
  rejected: z.array(Rejection),
  /** names of unknown fields, at most ten; absent if there were none */
  ignored: z.array(z.string()).optional(),
});
export type FixesAnswer = z.infer<typeof FixesAnswer>;
