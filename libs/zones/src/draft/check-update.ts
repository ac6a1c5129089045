import * as Y from 'yjs';
import { ProtocolError, ZONE_LIMITS } from '#protocol';
import { MalformedZoneError, polygonsIn, readZone } from './read.js';
import { type RingType, ROOT, type ZonesType, type ZoneType, zonesIn } from './shape.js';

/** Contents that the editor writes; all others are refused. */
const CONTENTS: ReadonlyArray<new (...args: never[]) => unknown> = [
  Y.ContentAny,
  Y.ContentType,
  Y.ContentDeleted,
];
/** Highest number of a struct: beyond 32 bits, numbers in a document would lose their precision after a while. */
const MAX_CLOCK = 2 ** 31;
const MAX_CLIENTS_IN_UPDATE = 100;
/** Structs of an update that are new: each costs time and memory. A zone has at most about 400. */
const MAX_STRUCTS = 1_000;
/** Items of a ring, also deleted ones: each edit walks over them. A ring that is replaced begins again. */
const MAX_RING_ITEMS = 10_000;

/** Facts about a draft beside its document. */
export type DraftFacts = {
  /** user whose edits bear a client id of Yjs: nobody else may write with it */
  clients: Map<number, string>;
  /** user who alone may change a zone, by zone */
  locks: Map<string, string>;
};

/** An update was refused before it was applied: the document is as it was. */
export class NotAppliedError extends ProtocolError {}

/** Effect of an update on a draft. */
export type Effect = {
  /** part of the update that is new to the document; null if nothing is */
  update: Uint8Array | null;
  /** ids of zones that were added, changed or removed */
  changed: string[];
};

/**
 * Applies the update of a user to a draft and checks the result. After a refusal that is no {@link NotAppliedError} the
 * document is spoilt: load it again.
 * @throws {ProtocolError} BAD_UPDATE, MISSING_UPDATE, OTHER_EDITOR, ZONE_LOCKED, BAD_ZONE, TOO_MANY_ZONES
 */
export function applyChecked(doc: Y.Doc, facts: DraftFacts, update: Uint8Array, userId: string): Effect {
  const clients = checkStructs(doc, update, facts, userId);
  const zones = zonesIn(doc);
  const effect = applied(doc, update);
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null)
    throw new ProtocolError('MISSING_UPDATE');
  if (doc.share.size !== 1 || !doc.share.has(ROOT) || zones._start !== null)
    throw new ProtocolError('BAD_UPDATE');
  for (const id of effect.changed) checkZone(zones, facts, id, userId);
  if (zones.size > ZONE_LIMITS.zones) throw new ProtocolError('TOO_MANY_ZONES');
  for (const client of clients) facts.clients.set(client, userId);
  for (const id of effect.changed) rememberLock(zones, facts, id);
  return effect;
}

/** Applies an update that was accepted before. @returns ids of the zones that it changed */
export function applyAccepted(doc: Y.Doc, facts: DraftFacts, update: Uint8Array, userId: string): string[] {
  const { changed } = applied(doc, update);
  for (const client of Y.parseUpdateMeta(update).from.keys()) facts.clients.set(client, userId);
  for (const id of changed) rememberLock(zonesIn(doc), facts, id);
  return changed;
}

/** Applies an update and observes what it changes. @throws {ProtocolError} BAD_UPDATE */
function applied(doc: Y.Doc, update: Uint8Array): Effect {
  const zones = zonesIn(doc);
  const changed = new Set<string>();
  let effect: Uint8Array | null = null;
  const onChange = (events: Y.YEvent<Y.AbstractType<unknown>>[]) => {
    for (const event of events)
      if (event.path.length > 0) changed.add(String(event.path[0]));
      else for (const id of event.changes.keys.keys()) changed.add(id);
  };
  const onUpdate = (bytes: Uint8Array) => {
    effect = bytes;
  };
  zones.observeDeep(onChange);
  doc.on('update', onUpdate);
  try {
    Y.applyUpdate(doc, update);
  } catch {
    throw new ProtocolError('BAD_UPDATE');
  } finally {
    zones.unobserveDeep(onChange);
    doc.off('update', onUpdate);
  }
  return { update: effect, changed: [...changed] };
}

/** Decodes an update and checks those of its parts that the document lacks. @returns the client ids that wrote them */
function checkStructs(doc: Y.Doc, update: Uint8Array, { clients }: DraftFacts, userId: string): Set<number> {
  const used = new Set<number>();
  let structs = 0;
  for (const struct of decoded(update)) {
    const { client, clock } = struct.id;
    if (clock + struct.length <= Y.getState(doc.store, client)) continue;
    structs += 1;
    if (structs > MAX_STRUCTS) throw new NotAppliedError('BAD_UPDATE');
    if (struct instanceof Y.Skip || clock + struct.length > MAX_CLOCK)
      throw new NotAppliedError('BAD_UPDATE');
    if (struct instanceof Y.Item && !isAllowed(struct)) throw new NotAppliedError('BAD_UPDATE');
    used.add(client);
  }
  if (used.size > MAX_CLIENTS_IN_UPDATE) throw new NotAppliedError('BAD_UPDATE');
  for (const client of used)
    if ((clients.get(client) ?? userId) !== userId) throw new NotAppliedError('OTHER_EDITOR');
  return used;
}

function decoded(update: Uint8Array) {
  try {
    return Y.decodeUpdate(update).structs;
  } catch {
    throw new NotAppliedError('BAD_UPDATE');
  }
}

function isAllowed({ content }: Y.Item): boolean {
  if (!CONTENTS.some((kind) => content instanceof kind)) return false;
  return (
    !(content instanceof Y.ContentType) || content.type instanceof Y.Map || content.type instanceof Y.Array
  );
}

function checkZone(zones: ZonesType, { locks }: DraftFacts, id: string, userId: string): void {
  const holder = locks.get(id) ?? null;
  if (holder !== null && holder !== userId) throw new ProtocolError('ZONE_LOCKED', `zone ${id}`);
  if (!zones.has(id)) return;
  try {
    const { lockedBy } = readZone(id, zones.get(id));
    // A user locks a zone only for itself.
    if (lockedBy !== null && lockedBy !== userId) throw new MalformedZoneError('its lock names another user');
    checkItems(zones.get(id)!);
  } catch (error) {
    if (!(error instanceof MalformedZoneError)) throw error;
    throw new ProtocolError('BAD_ZONE', `zone ${id.slice(0, 40)}: ${error.message}`);
  }
}

/** @throws {MalformedZoneError} if a ring has too many items */
function checkItems(zone: ZoneType): void {
  for (const { rings } of polygonsIn(zone))
    for (const { array } of rings)
      if (hasTooManyItems(array)) throw new MalformedZoneError('a ring was edited too often: draw it again');
}

function hasTooManyItems({ _start }: RingType): boolean {
  let items = 0;
  for (let item = _start; item !== null && items <= MAX_RING_ITEMS; item = item.right) items += 1;
  return items > MAX_RING_ITEMS;
}

function rememberLock(zones: ZonesType, { locks }: DraftFacts, id: string): void {
  const lockedBy = zones.get(id)?.get('lockedBy');
  if (typeof lockedBy === 'string') locks.set(id, lockedBy);
  else locks.delete(id);
}

/** Returns the locks in a document. */
export function locksIn(doc: Y.Doc): Map<string, string> {
  const locks = new Map<string, string>();
  for (const id of zonesIn(doc).keys()) rememberLock(zonesIn(doc), { clients: new Map(), locks }, id);
  return locks;
}
