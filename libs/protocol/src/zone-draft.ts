import { z } from 'zod';
import { queryNumber } from './query.js';
import { Region } from './regions.js';
import { plainText } from './text.js';
import { LngLat, VersionInfo, Zone } from './zone.js';
import { ZONE_KINDS, ZoneId } from './zone-rules.js';

const BAD_REQUEST = { error: 'BAD_REQUEST' };

/** Binary attachment of Socket.IO. */
const Bytes: z.ZodType<Uint8Array, Uint8Array> = z.instanceof(Uint8Array, BAD_REQUEST);
const MAX_CLIENT_ID = 2 ** 32 - 1;

export const ZonesOpen = z.object(
  {
    /** H3 cell of resolution 3 */
    region: Region,
    /** client id of the Yjs document, under which cursors and selections are sent */
    clientId: z.int(BAD_REQUEST).min(0, BAD_REQUEST).max(MAX_CLIENT_ID, BAD_REQUEST),
    /** state vector of the document that the client has: the answer holds only what it lacks */
    stateVector: Bytes,
  },
  BAD_REQUEST,
);
export type ZonesOpen = z.infer<typeof ZonesOpen>;

export const ZonesUpdate = z.object({ region: Region, update: Bytes }, BAD_REQUEST);
export type ZonesUpdate = z.infer<typeof ZonesUpdate>;

export const ZonesAwareness = z.object({ region: Region, update: Bytes }, BAD_REQUEST);
export type ZonesAwareness = z.infer<typeof ZonesAwareness>;

export const ZonesRegion = z.object({ region: Region }, BAD_REQUEST);

const ZoneEdit = z.object({ version: z.number(), by: z.string(), at: z.number() });
const ZoneEdits = z.record(z.string(), ZoneEdit);
/** Last change of each zone: number of the update, user and time (epoch ms), by the id of the zone. */
export type ZoneEdits = z.infer<typeof ZoneEdits>;

export const OpenedDraft = z.object({
  /** number of the newest update in the answer */
  number: z.number(),
  /** update of Yjs with everything that the client lacks */
  update: Bytes,
  /** snapshot of Yjs: what the service has, from which the client sees what it has to send */
  snapshot: Bytes,
  /** last change of each zone, by its id */
  edits: ZoneEdits,
  /** newest published version; null if there is none */
  published: VersionInfo.nullable(),
});
/** Answer to `zones:open`. */
export type OpenedDraft = z.infer<typeof OpenedDraft>;

export const ZonesUpdated = z.object({
  /** H3 cell of resolution 3 */
  region: z.string(),
  /** number of the update: one more than of the one before */
  number: z.number(),
  /** user who sent it */
  by: z.string(),
  /** epoch ms */
  at: z.number(),
  /** update of Yjs */
  update: Bytes,
});
/** An update of a draft that was accepted. */
export type ZonesUpdated = z.infer<typeof ZonesUpdated>;

export const ZonesHead = z.object({
  /** H3 cell of resolution 3 */
  region: z.string(),
  /** number of the newest update */
  number: z.number(),
});
/** Newest update of a draft: a client that has another number opens the draft again. */
export type ZonesHead = z.infer<typeof ZonesHead>;

/** State of an editor that the others see; `userId` is set by the service. */
export const AwarenessState = z.object(
  {
    /** name to show */
    name: z.string(BAD_REQUEST).max(40, BAD_REQUEST),
    /** colour to show, `#rrggbb` */
    colour: z.string(BAD_REQUEST).regex(/^#[0-9a-f]{6}$/, BAD_REQUEST),
    /** position of the pointer on the map, [lng, lat] */
    cursor: LngLat.nullable(),
    /** zones that the user has selected, which others should leave alone */
    selected: z.array(ZoneId, BAD_REQUEST).max(20, BAD_REQUEST),
  },
  BAD_REQUEST,
);
export type AwarenessState = z.infer<typeof AwarenessState>;

/** Body of POST /api/zones/:region/versions. */
export const PublishRequest = z
  .object(
    {
      /** why, for the list of versions */
      comment: z.string(BAD_REQUEST).overwrite(plainText).min(1, 'EMPTY_TEXT').max(500, 'BAD_TEXT'),
      /** number of the newest update of the draft that was compared; for the draft */
      number: z.int(BAD_REQUEST).min(0, BAD_REQUEST).optional(),
      /** version to publish again; for an earlier version instead of the draft */
      restores: z.int(BAD_REQUEST).min(1, BAD_REQUEST).optional(),
      /** version that was in force when it was compared; 0 if there was none */
      replaces: z.int(BAD_REQUEST).min(0, BAD_REQUEST),
      /** whether a version without zones is intended */
      allowEmpty: z.boolean(BAD_REQUEST).default(false),
    },
    BAD_REQUEST,
  )
  .refine(({ number, restores }) => (number === undefined) !== (restores === undefined), BAD_REQUEST);
export type PublishRequest = z.output<typeof PublishRequest>;

/** Query of POST /api/zones/:region/draft. */
export const ImportQuery = z.object({ kind: z.enum(ZONE_KINDS, BAD_REQUEST).optional() }, BAD_REQUEST);
export type ImportQuery = z.infer<typeof ImportQuery>;

/** Query of GET /api/zones/:region/comparison: an earlier version instead of the draft. */
export const VersionQuery = z.object(
  { version: queryNumber('BAD_REQUEST', z.int(BAD_REQUEST).min(1, BAD_REQUEST)).optional() },
  BAD_REQUEST,
);
export type VersionQuery = z.infer<typeof VersionQuery>;

export const ZonesComparison = z.object({
  /** number of the newest update of the draft; null for an earlier version */
  number: z.number().nullable(),
  /** version in force, with which it was compared; 0 if there is none */
  replaces: z.number(),
  /** zones that are new */
  added: z.array(Zone),
  /** zones that are different, before and after, and in what */
  changed: z.array(
    z.object({
      /** zone in force */
      before: Zone,
      /** zone that would replace it */
      after: Zone,
      /** parts that differ */
      aspects: z.array(z.enum(['moved', 'renamed', 'kind', 'rules'])),
    }),
  ),
  /** zones that are gone */
  removed: z.array(Zone),
  /** one sentence for each difference */
  inWords: z.array(z.string()),
  /** reasons why it cannot be published */
  problems: z.array(
    z.object({
      /** id of the zone that is not valid */
      zoneId: z.string(),
      /** its name */
      name: z.string(),
      /** reason in words */
      reason: z.string(),
      /** position of the fault, [lng, lat] */
      place: LngLat.optional(),
    }),
  ),
});
/** Difference that publishing would make. */
export type ZonesComparison = z.infer<typeof ZonesComparison>;
