import { keys } from '../keys.js';
import { script, succeeded } from './script.js';

type OfRegion = { region: string };

const draft = ({ region }: OfRegion) => keys.zonesDraft(region);

/** Id of an update of a draft, `<number>-<time>`; {@link NO_UPDATE} before the first one. */
export type UpdateId = string;
export const NO_UPDATE: UpdateId = '0-0';

type AppendUpdate = OfRegion & { expected: UpdateId; by: string; update: Buffer; maxUpdates: number };

/** Appends an update to a draft. Returns its id, or why it was not appended. */
export const appendZoneUpdate = script('append-zone-update-2', {
  keys: draft,
  args: ({ expected, by, update, maxUpdates }: AppendUpdate) => [expected, by, update, maxUpdates],
  result: (reply: UpdateId | 'STALE' | 'FULL') => reply,
});

/** An update of a draft in Redis. */
export type ZoneUpdate = {
  id: UpdateId;
  /** 1, 2, 3 … without gaps */
  number: number;
  /** user who sent it */
  by: string;
  /** epoch ms */
  at: number;
  /** update of Yjs */
  update: Buffer;
};

type DraftReply = [
  isReset: number,
  id: Buffer | null,
  state: Buffer | null,
  facts: Buffer | null,
  entries: [Buffer, Buffer[]][],
];

/** Reads the updates of a draft after one; all of it if the reader must begin again. */
export const readZoneDraft = script('read-zone-draft-2', {
  keys: draft,
  args: ({ after }: OfRegion & { after: UpdateId }) => [after],
  isBinary: true,
  result: ([isReset, id, state, facts, entries]: DraftReply) => ({
    isReset: succeeded(isReset),
    snapshot: id === null ? null : { id: String(id), state: state!, facts: String(facts) },
    updates: entries.map(
      ([id, [, by, , update]]): ZoneUpdate => ({
        id: String(id),
        ...partsOf(String(id)),
        by: String(by),
        update: update!,
      }),
    ),
  }),
});

/** Returns the number and the time in the id of an update. */
export function partsOf(id: UpdateId): { number: number; at: number } {
  const [number, at] = id.split('-');
  return { number: Number(number), at: Number(at) };
}

type Compact = OfRegion & { expected: UpdateId; id: UpdateId; state: Buffer; facts: string };

/** Replaces the snapshot of a draft. Returns false if it is not the expected one. */
export const compactZoneDraft = script('compact-zone-draft-2', {
  keys: draft,
  args: ({ expected, id, state, facts }: Compact) => [expected, id, state, facts],
  result: succeeded,
});

type Publish = OfRegion & { expected: number; info: string; data: Buffer; delayMs: number; keep: number };

/** Publishes a version. Returns it without its zones, JSON; null if the newest version is not the expected one. */
export const publishZones = script('publish-zones-3', {
  keys: ({ region }: Publish) =>
    [keys.publishedZones, keys.zonesVersions(region), keys.zonesData(region)] as const,
  args: ({ region, expected, info, data, delayMs, keep }) => [region, expected, info, data, delayMs, keep],
  result: (reply: string | null) => reply,
});
