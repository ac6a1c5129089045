import { Injectable } from '@nestjs/common';
import * as Y from 'yjs';
import {
  ProtocolError,
  type PublishRequest,
  regionRoom,
  type VersionInfo,
  ZONE_LIMITS,
  type Zone,
  type ZoneKind,
  type ZonesComparison,
  zonesRoom,
} from '#protocol';
import { Hub } from '#realtime';
import { orUnavailable, ZoneVersions } from '#store';
import type { Actor } from '#trips';
import {
  difference,
  type FeatureCorrection,
  importGeoJson,
  inWords,
  pauses,
  problemsOf,
  type ZoneDraft,
  zoneOf,
} from '#zones';
import { locksIn, newZoneId, putZone, setLock, zonesIn } from '#zones/draft';
import { AuditService } from '../audit/audit.service.js';
import type { DraftContent } from './region-draft.js';
import { ZoneDraftsService } from './zone-drafts.service.js';

/** Bytes of an update from which an import begins the next one; a zone has at most about 32 kB. */
const IMPORT_CHUNK_BYTES = 24 * 1_024;
/** Structs from which an import begins the next update: a zone has at most about 400, an update 1,000. */
const IMPORT_CHUNK_STRUCTS = 500;
const MAX_LISTED_PROBLEMS = 5;

/** Result of an import. */
export type Imported = { zones: string[]; corrections: FeatureCorrection[] };

/** Import, comparison and publication of the zones of a region. */
@Injectable()
export class ZonesService {
  constructor(
    private readonly drafts: ZoneDraftsService,
    private readonly versions: ZoneVersions,
    private readonly audit: AuditService,
    private readonly hub: Hub,
  ) {}

  /** Returns the draft of a region. @throws {ProtocolError} UNAVAILABLE */
  draft(region: string): Promise<DraftContent> {
    return this.drafts.of(region).content();
  }

  /**
   * Adds the zones of a GeoJSON document to a draft; a zone with the id of a feature is replaced. Everything is checked before
   * the first one is added; after an outage in between, or an edit of another user, a part of them remains.
   * @throws {ProtocolError} BAD_GEOJSON with the features and reasons, TOO_MANY_ZONES, DRAFT_FULL, ZONE_LOCKED, UNAVAILABLE
   */
  async import(by: Actor, region: string, input: unknown, kind: ZoneKind | undefined): Promise<Imported> {
    const result = await importGeoJson(input, { kind, newId: newZoneId });
    if (!result.ok) {
      const listed = result.problems.slice(0, MAX_LISTED_PROBLEMS);
      const texts = listed.map(({ feature, name, reason }) =>
        feature === null ? reason : `feature ${feature}${name === '' ? '' : ` “${name}”`} ${reason}`,
      );
      const more = result.problems.length - listed.length;
      throw new ProtocolError('BAD_GEOJSON', `${texts.join('; ')}${more > 0 ? `; and ${more} more` : ''}`);
    }
    const { zones, corrections } = result;
    const draft = this.drafts.of(region);
    const doc = await draft.copy();
    const locks = locksIn(doc);
    const locked = zones.find(({ id }) => (locks.get(id) ?? by.userId) !== by.userId);
    if (locked !== undefined) throw new ProtocolError('ZONE_LOCKED', `zone ${locked.id}`);
    const updates = await updatesOf(doc, zones);
    if (zonesIn(doc).size > ZONE_LIMITS.zones) throw new ProtocolError('TOO_MANY_ZONES');
    if (Y.encodeStateAsUpdate(doc).byteLength > ZONE_LIMITS.documentBytes)
      throw new ProtocolError('DRAFT_FULL');
    await this.audit.record(by, 'zones:import', { text: `${region}: ${zones.length} zones` });
    for (const update of updates) await draft.submit(by.userId, update);
    return { zones: zones.map(({ id }) => id), corrections };
  }

  /** Removes the lock of a zone, whoever holds it. @throws {ProtocolError} NO_SUCH_ZONE, UNAVAILABLE */
  async unlock(by: Actor, region: string, zoneId: string): Promise<void> {
    const draft = this.drafts.of(region);
    const doc = await draft.copy();
    const zone = zonesIn(doc).get(zoneId);
    if (zone === undefined) throw new ProtocolError('NO_SUCH_ZONE');
    await this.audit.record(by, 'zones:unlock', { text: `${region}: ${zoneId}` });
    const before = Y.encodeStateVector(doc);
    setLock(zone, null);
    await draft.submit(by.userId, Y.encodeStateAsUpdate(doc, before), { breaksLocks: true });
  }

  /**
   * Compares the draft, or an earlier version, with the version in force.
   * @throws {ProtocolError} NO_SUCH_VERSION, UNAVAILABLE
   */
  async compare(region: string, version?: number): Promise<ZonesComparison> {
    const { zones, number } = await this.#candidate(region, version);
    const { version: replaces, zones: before } = await this.#inForce(region);
    const found = difference(before, zones);
    return { number, replaces, ...found, inWords: inWords(found), problems: await problemsOf(zones, region) };
  }

  /**
   * Publishes the draft or an earlier version.
   * @throws {ProtocolError} ZONES_INVALID, NO_ZONES, ZONES_CHANGED, NO_SUCH_VERSION, UNAVAILABLE
   */
  async publish(by: Actor, region: string, request: PublishRequest): Promise<VersionInfo> {
    const { comment, restores = null, replaces, allowEmpty } = request;
    const { zones, number } = await this.#candidate(region, restores ?? undefined);
    if (restores === null && number !== request.number) throw new ProtocolError('ZONES_CHANGED');
    const problems = await problemsOf(zones, region);
    if (problems.length > 0) {
      const texts = problems.slice(0, MAX_LISTED_PROBLEMS).map(({ name, reason }) => `“${name}” ${reason}`);
      throw new ProtocolError('ZONES_INVALID', texts.join('; '));
    }
    if (zones.length === 0 && !allowEmpty) throw new ProtocolError('NO_ZONES');
    const what = restores === null ? 'the draft' : `version ${restores}`;
    await this.audit.record(by, 'zones:publish', { text: `${region}: ${what}: ${comment}`.slice(0, 500) });
    const version = { region, by: by.userId, comment, restores, zones };
    const published = await orUnavailable(this.versions.publish(version, replaces));
    if (published === null) throw new ProtocolError('ZONES_CHANGED');
    // Those who edit the draft, and those whose board shows the region.
    for (const room of [zonesRoom(region), regionRoom(region)])
      this.hub.emit({ namespace: '/dispatch', room }, 'zones:published', published);
    return published;
  }

  async #candidate(region: string, version?: number): Promise<{ zones: Zone[]; number: number | null }> {
    if (version === undefined) {
      const { zones, edits, number } = await this.draft(region);
      const unknown = { version: 0, by: '', at: 0 };
      return { number, zones: zones.map((zone) => zoneOf(zone, edits.get(zone.id) ?? unknown)) };
    }
    const published = await this.#readable(region, version);
    if (published === null) throw new ProtocolError('NO_SUCH_VERSION');
    return { number: null, zones: published.zones };
  }

  async #inForce(region: string): Promise<{ version: number; zones: Zone[] }> {
    const newest = (await orUnavailable(this.versions.newest())).find((each) => each.region === region);
    if (newest === undefined) return { version: 0, zones: [] };
    // One that cannot be read is compared as if it were empty, and may be replaced.
    const zones = (await this.#readable(region, newest.version))?.zones ?? [];
    return { version: newest.version, zones };
  }

  async #readable(region: string, version: number) {
    return orUnavailable(this.versions.read(region, version));
  }
}

/** Puts zones into a document. @returns the updates, each small enough to be sent */
async function updatesOf(doc: Y.Doc, zones: ZoneDraft[]): Promise<Uint8Array[]> {
  const updates: Uint8Array[] = [];
  let chunk: Uint8Array[] = [];
  let [bytes, structs] = [0, 0];
  const flush = () => {
    if (chunk.length > 0) updates.push(Y.mergeUpdates(chunk));
    chunk = [];
    [bytes, structs] = [0, 0];
  };
  const onUpdate = (update: Uint8Array) => {
    const added = Y.decodeUpdate(update).structs.length;
    if (bytes + update.byteLength > IMPORT_CHUNK_BYTES || structs + added > IMPORT_CHUNK_STRUCTS) flush();
    chunk.push(update);
    bytes += update.byteLength;
    structs += added;
  };
  doc.on('update', onUpdate);
  const pause = pauses();
  for (const zone of zones) {
    await pause();
    doc.transact(() => putZone(doc, zone));
  }
  doc.off('update', onUpdate);
  flush();
  return updates;
}
