import { z } from 'zod';
import { Region } from './regions.js';
import { Lat, Lng } from './schemas.js';
import { ZONE_RULES, ZoneId, type ZoneKind, ZoneName } from './zone-rules.js';

const BAD_ZONE = { error: 'BAD_ZONE' };

/** Limits of the zones of one region. */
export const ZONE_LIMITS = {
  /** zones in a region */
  zones: 1_000,
  /** vertices in a zone, over all of its rings */
  verticesPerZone: 1_000,
  /** rings in a zone, over all of its polygons */
  ringsPerZone: 100,
  /** bytes in an update of the draft */
  updateBytes: 64 * 1_024,
  /** bytes in the draft of a region */
  documentBytes: 8 * 1_024 * 1_024,
  /** updates of the draft a second and socket */
  updatesPerS: 20,
  /** cursors and selections a second and socket */
  awarenessPerS: 10,
} as const;

/** Position as in GeoJSON: degrees east, degrees north. */
export const LngLat = z.tuple([Lng, Lat], BAD_ZONE);
export type LngLat = z.infer<typeof LngLat>;

/**
 * Ring of a polygon, not closed: the first vertex is not repeated at the end. Two neighbours are always connected the
 * short way, so a ring that crosses the antimeridian needs nothing special.
 */
export type ZoneRing = LngLat[];

/** Outer ring, counter-clockwise, and its holes, clockwise. */
export type ZonePolygon = ZoneRing[];

const Ring = z.array(LngLat, BAD_ZONE).min(3, BAD_ZONE).max(ZONE_LIMITS.verticesPerZone, BAD_ZONE);
const Polygon = z.array(Ring, BAD_ZONE).min(1, BAD_ZONE).max(ZONE_LIMITS.ringsPerZone, BAD_ZONE);

const zoneOf = <K extends ZoneKind>(kind: K) =>
  z.strictObject(
    {
      /** unique in its region */
      id: ZoneId,
      /** name on the board, 1 to 80 characters */
      name: ZoneName,
      /** purpose of the zone */
      kind: z.literal(kind),
      /** one or more polygons; each an outer ring and holes of [lng, lat], not closed */
      polygons: z.array(Polygon, BAD_ZONE).min(1, BAD_ZONE).max(ZONE_LIMITS.ringsPerZone, BAD_ZONE),
      /** rules of this kind, with units in their names */
      rules: ZONE_RULES[kind],
      /** number of the update of the draft that changed it last */
      version: z.number(),
      /** user who changed it last */
      updatedBy: z.string(),
      /** time of that change, epoch ms */
      at: z.number(),
    },
    BAD_ZONE,
  );

export const Zone = z.discriminatedUnion(
  'kind',
  [
    zoneOf('service_area'),
    zoneOf('no_pickup'),
    zoneOf('no_dropoff'),
    zoneOf('no_go'),
    zoneOf('pickup_points'),
    zoneOf('queue'),
    zoneOf('surge'),
    zoneOf('alert'),
  ],
  BAD_ZONE,
);
/** A named area with rules. */
export type Zone = z.infer<typeof Zone>;
/** Zone of one kind. */
export type ZoneOf<K extends ZoneKind> = Extract<Zone, Record<'kind', K>>;

export const VersionInfo = z.object({
  /** H3 cell of resolution 3 */
  region: Region,
  /** 1, 2, 3 … in each region */
  version: z.number(),
  /** user who published it */
  by: z.string(),
  /** when it was published, epoch ms */
  at: z.number(),
  /** from when every process obeys it, epoch ms: about a second after `at` */
  effectiveAt: z.number(),
  /** reason, in the words of the user */
  comment: z.string(),
  /** earlier version that it repeats; null if it is of the draft */
  restores: z.number().nullable(),
  /** number of zones */
  zoneCount: z.number(),
});
/** A published version, without its zones. */
export type VersionInfo = z.infer<typeof VersionInfo>;

export const PublishedVersion = VersionInfo.extend({
  /** zones in force from then on */
  zones: z.array(Zone),
});
/** A published version of the zones of a region, which never changes. */
export type PublishedVersion = z.infer<typeof PublishedVersion>;
