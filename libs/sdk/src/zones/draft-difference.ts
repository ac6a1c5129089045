import * as Y from 'yjs';
import type { ZoneDraft } from '#zones/draft';

/** Zones by id; null for one that is not there. */
export type Differences = Array<[zoneId: string, mine: ZoneDraft | null]>;

/** Returns the bytes of an attachment, which a page receives as an ArrayBuffer. */
export const bytesOf = (attachment: Uint8Array | ArrayBuffer): Uint8Array =>
  attachment instanceof Uint8Array ? attachment : new Uint8Array(attachment);

/** Whether a snapshot contains everything in another one. */
export function contains(known: Y.Snapshot, own: Y.Snapshot): boolean {
  for (const [client, clock] of own.sv) if ((known.sv.get(client) ?? 0) < clock) return false;
  for (const [client, deletions] of own.ds.clients) {
    const theirs = known.ds.clients.get(client) ?? [];
    for (const { clock, len } of deletions)
      if (!theirs.some((range) => range.clock <= clock && range.clock + range.len >= clock + len))
        return false;
  }
  return true;
}

/** Returns a document with the same content, under another client id. */
export function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

/** Returns the zones that differ, each as it is in the first draft. */
export function differing(mine: ZoneDraft[], theirs: ZoneDraft[]): Differences {
  const others = new Map(theirs.map((zone) => [zone.id, zone]));
  const own = new Map(mine.map((zone) => [zone.id, zone]));
  const ids = [...new Set([...own.keys(), ...others.keys()])];
  return ids
    .filter((id) => JSON.stringify(own.get(id)) !== JSON.stringify(others.get(id)))
    .map((id) => [id, own.get(id) ?? null]);
}

/** Returns the zones that a transaction changed. */
export function zonesChangedBy({ changed }: Y.Transaction): string[] {
  const ids = new Set<string>();
  for (const [type, keys] of changed) {
    const item = type._item;
    if (item === null) for (const key of keys) ids.add(String(key));
    else ids.add(zoneOfItem(item));
  }
  return [...ids];
}

/** Follows the parents of an item to its zone in the root map. */
function zoneOfItem(item: Y.Item): string {
  let current = item;
  for (;;) {
    const above = (current.parent as Y.AbstractType<unknown>)._item;
    if (above === null) return current.parentSub ?? '';
    current = above;
  }
}
