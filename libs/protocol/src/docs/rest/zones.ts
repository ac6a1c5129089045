import { z } from 'zod';
import { Region } from '../../regions.js';
import { PublishedVersion, VersionInfo } from '../../zone.js';
import { ImportQuery, PublishRequest, VersionQuery, ZonesComparison } from '../../zone-draft.js';
import { QueueState } from '../../zone-effects.js';
import { ZoneId } from '../../zone-rules.js';
import { Empty, EVERYBODY, json, type RestRoute, type RouteName, STAFF } from './route.js';

const region = { region: Region };
const COLLECTION = {
  'application/geo+json': z.looseObject({
    type: z.literal('FeatureCollection'),
    features: z.array(z.looseObject({ type: z.literal('Feature') })),
  }),
};
const Imported = z.object({
  /** ids of the zones that were added or replaced */
  zones: z.array(z.string()),
  /** corrections, by feature */
  corrections: z.array(
    z.object({
      feature: z.number(),
      zoneId: z.string(),
      turnedRings: z.number(),
      repeatedVertices: z.number(),
    }),
  ),
});

/** Routes of zones. */
export const ZONES: Record<RouteName, RestRoute> = {
  'GET /api/zones': {
    group: 'Zones',
    summary: 'Newest published version of each region, without zones',
    roles: EVERYBODY,
    answers: json(z.object({ regions: z.array(VersionInfo) })),
  },
  'GET /api/zones/:region/queues/:zoneId': {
    group: 'Zones',
    summary: 'Drivers who wait in the queue of a zone',
    roles: STAFF,
    params: { ...region, zoneId: ZoneId },
    answers: json(QueueState),
    codes: ['NO_SUCH_QUEUE'],
  },
  'GET /api/zones/:region': {
    group: 'Zones',
    summary: 'Published zones of a region that are in force',
    roles: EVERYBODY,
    params: region,
    answers: json(PublishedVersion),
    codes: ['NO_SUCH_VERSION'],
  },
  'GET /api/zones/:region/draft': {
    group: 'Zones',
    summary: 'Draft of a region, as GeoJSON',
    roles: STAFF,
    params: region,
    answers: COLLECTION,
  },
  'POST /api/zones/:region/draft': {
    group: 'Zones',
    summary: 'Adds zones from GeoJSON (RFC 7946) to the draft; all of them, or none',
    roles: STAFF,
    params: region,
    query: ImportQuery,
    body: z.looseObject({ type: z.enum(['FeatureCollection', 'Feature']) }),
    answers: json(Imported),
    codes: [
      'BAD_GEOJSON',
      'BAD_ZONE',
      'TOO_MANY_ZONES',
      'DRAFT_FULL',
      'ZONE_LOCKED',
      'UPDATE_TOO_LARGE',
      'UNAVAILABLE',
    ],
  },
  'DELETE /api/zones/:region/draft/locks/:zoneId': {
    group: 'Zones',
    summary: 'Unlocks a zone of the draft, whoever has locked it',
    roles: STAFF,
    params: { ...region, zoneId: ZoneId },
    answers: json(Empty),
    codes: ['NO_SUCH_ZONE'],
  },
  'GET /api/zones/:region/comparison': {
    group: 'Zones',
    summary: 'Difference between the draft, or an earlier version, and the version in force',
    roles: STAFF,
    params: region,
    query: VersionQuery,
    answers: json(ZonesComparison),
    codes: ['NO_SUCH_VERSION'],
  },
  'GET /api/zones/:region/versions': {
    group: 'Zones',
    summary: 'Published versions of a region, newest first, 200 at most',
    roles: STAFF,
    params: region,
    answers: json(z.object({ versions: z.array(VersionInfo) })),
  },
  'POST /api/zones/:region/versions': {
    group: 'Zones',
    summary: 'Publishes the draft, or an earlier version again',
    roles: STAFF,
    params: region,
    body: PublishRequest,
    status: 201,
    answers: json(VersionInfo),
    codes: ['ZONES_INVALID', 'NO_ZONES', 'ZONES_CHANGED', 'NO_SUCH_VERSION'],
  },
  'GET /api/zones/:region/versions/:version': {
    group: 'Zones',
    summary: 'Zones of one version, as GeoJSON',
    roles: STAFF,
    params: {
      ...region,
      version: z.coerce.number({ error: 'BAD_REQUEST' }).int('BAD_REQUEST').min(1, 'BAD_REQUEST'),
    },
    answers: COLLECTION,
    codes: ['NO_SUCH_VERSION'],
  },
};
