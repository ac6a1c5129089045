import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { deleteIfValue, takeLease } from './scripts/common.js';
import {
  appendZoneUpdate,
  compactZoneDraft,
  readZoneDraft,
  type UpdateId,
  type ZoneUpdate,
} from './scripts/zones.js';

/** Updates after the snapshot beyond which none is accepted until the snapshot is renewed. */
const MAX_UPDATES = 5_000;
/** Longer than writing a snapshot takes. */
const COMPACTION_MS = 10_000;

/** Document of a draft up to one update, with what is known beside it. */
export type DraftSnapshot = { id: UpdateId; state: Buffer; facts: string };

/** Part of a draft that a reader lacks. */
export type DraftPart = {
  /** whether the reader must drop what it has, because the draft was compacted or Redis has lost updates */
  isReset: boolean;
  snapshot: DraftSnapshot | null;
  updates: ZoneUpdate[];
};

/**
 * Drafts of the zones of regions: a snapshot and the numbered updates after it. Each update is checked against the document
 * of all updates before it, and is appended only if no other came in between, so the order in Redis is the order in which
 * updates were accepted.
 */
export class ZoneDrafts {
  constructor(private readonly redis: RedisClient) {}

  /** Reads what follows an update. */
  read(region: string, after: UpdateId): Promise<DraftPart> {
    return readZoneDraft(this.redis, { region, after });
  }

  /**
   * Appends an update.
   * @param expected id of the newest update when it was checked
   * @returns its id; `STALE` if there is a newer one, `FULL` if the snapshot must be renewed first
   */
  append(
    region: string,
    expected: UpdateId,
    by: string,
    update: Uint8Array,
  ): Promise<UpdateId | 'STALE' | 'FULL'> {
    const bytes = Buffer.from(update.buffer, update.byteOffset, update.byteLength);
    return appendZoneUpdate(this.redis, { region, expected, by, update: bytes, maxUpdates: MAX_UPDATES });
  }

  /**
   * Renews the snapshot, unless another gateway is doing that or has done it.
   * @param expected id of the snapshot that it replaces
   * @returns whether the snapshot was replaced
   */
  async compact(
    region: string,
    holder: string,
    expected: UpdateId,
    snapshot: DraftSnapshot,
  ): Promise<boolean> {
    const key = keys.zonesCompactor(region);
    if (!(await takeLease(this.redis, { key, holder, ttlMs: COMPACTION_MS }))) return false;
    try {
      return await compactZoneDraft(this.redis, { region, expected, ...snapshot });
    } finally {
      await deleteIfValue(this.redis, { key, value: holder });
    }
  }
}
