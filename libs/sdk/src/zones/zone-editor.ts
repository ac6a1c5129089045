import * as Y from 'yjs';
import type { LngLat, PushPayloads, VersionInfo, ZonesAwareness, ZonesHead, ZonesUpdated } from '#protocol';
import type { AnyRules, ZoneDraft, ZoneEdit } from '#zones/draft';
import {
  changeParts,
  insertVertex,
  moveVertex,
  newZoneId,
  problemOfDraft,
  putZone,
  removeVertex,
  setLock,
  type VertexPlace,
  type ZoneType,
  zonesIn,
} from '#zones/draft';
import { refusedWith } from '../connection/errors.js';
import { Emitter } from '../util/emitter.js';
import { type DraftStore, indexedDbDraftStore } from './draft-store.js';
import { DraftSync, LOCAL, LOCK, type ZonesConnection } from './draft-sync.js';
import { DraftZones } from './draft-zones.js';
import type {
  NewZone,
  ZoneChanges,
  ZonesEditorEvents,
  ZonesEditorOptions,
  ZonesEditorState,
  ZonesPush,
} from './editor-types.js';
import { Editors, type ZonesEditorInfo } from './editors.js';

/**
 * The draft of the zones of one region, edited together with others. An edit shows at once, is sent when there is a
 * connection, and merges with those of others. Undo affects edits of this user only.
 */
export class ZoneEditor extends Emitter<ZonesEditorEvents> {
  #doc = new Y.Doc();
  #undo = undoOf(this.#doc);
  readonly #zones = new DraftZones(this.#doc, (ids) => {
    this.emit('zones', ids);
    this.#emitState();
  });
  readonly #connection: ZonesConnection;
  readonly #region: string;
  readonly #user: ZonesEditorOptions['user'];
  readonly #store: DraftStore;
  readonly #editors: Editors;
  #sync: DraftSync | null = null;
  #isStored = false;
  #isClosed = false;
  #state = '';
  readonly #onClosed: () => void;

  /** @internal created by `DispatchClient.editZones` */
  constructor(
    connection: ZonesConnection,
    region: string,
    { user, store }: ZonesEditorOptions,
    onClosed: () => void,
  ) {
    super();
    this.#onClosed = onClosed;
    this.#connection = connection;
    this.#region = region;
    this.#user = user;
    this.#store = store ?? indexedDbDraftStore(`hexfleet zones ${region} ${user.id}`);
    this.#editors = new Editors(connection, region, this.#doc, user, () =>
      this.emit('editors', this.editors),
    );
  }

  /** Loads what is stored on the device and begins to keep the draft equal to that of the service. @internal */
  async start(): Promise<void> {
    await this.#store.attach(this.#doc).catch(() => {});
    if (this.#isClosed) return;
    this.#isStored = this.#zones.all.length > 0;
    this.#sync = new DraftSync(this.#connection, this.#region, this.#doc, {
      replaced: (doc) => this.#replace(doc),
      opened: (edits, published) => {
        this.#zones.reset(edits);
        if (published !== null) this.emit('published', published);
        this.#editors.repeat();
      },
      acked: (version, at, zoneIds) => this.#zones.note(zoneIds, { version, by: this.#user.id, at }),
      refused: (zoneId, error) => this.emit('refused', { zoneId, error }),
      changed: () => this.#emitState(),
    });
  }

  /** Ends editing. Edits that the service does not have stay on the device. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClosed();
    this.#sync?.stop();
    this.#editors.stop();
    this.#undo.destroy();
    if (this.#connection.hello !== null)
      this.#connection.request('zones:close', { region: this.#region }).catch(() => {});
    await this.#store.detach();
    this.#doc.destroy();
  }

  /** The zones of the draft, in the order of their ids. */
  get zones(): ZoneDraft[] {
    return this.#zones.all;
  }

  /** Returns a zone of the draft. */
  zone(id: string): ZoneDraft | undefined {
    return this.#zones.get(id);
  }

  /** Returns who changed a zone last, and when; undefined before the service has it. */
  lastEdit(id: string): ZoneEdit | undefined {
    return this.#zones.lastEdit(id);
  }

  /** The other users who have the draft open. */
  get editors(): ZonesEditorInfo[] {
    return this.#editors.others;
  }

  /** State of the draft on this device. */
  get state(): ZonesEditorState {
    return {
      isLoaded: this.#isStored || (this.#sync?.isLoaded ?? false),
      isOnline: this.#connection.hello !== null,
      isSaved: this.#sync?.isSaved ?? false,
      number: this.#sync?.number ?? 0,
      canUndo: this.#undo.undoStack.length > 0,
      canRedo: this.#undo.redoStack.length > 0,
    };
  }

  /** Adds a zone. @returns its id @throws {HexfleetError} BAD_ZONE */
  add({ name, kind, polygons, rules = {} }: NewZone): string {
    const id = newZoneId();
    const zone: ZoneDraft = {
      id,
      name: name.trim(),
      kind,
      polygons,
      rules: rules as AnyRules,
      lockedBy: null,
    };
    check(zone);
    this.#doc.transact(() => putZone(this.#doc, zone), LOCAL);
    return id;
  }

  /**
   * Changes a zone with as few edits as possible, so that those of others to the same zone remain.
   * @throws {HexfleetError} BAD_ZONE, ZONE_LOCKED, NO_SUCH_ZONE
   */
  change(id: string, changes: ZoneChanges): void {
    const before = this.#editable(id);
    const after = { ...before, ...changes, rules: { ...before.rules, ...changes.rules } as AnyRules };
    if (changes.kind !== undefined && changes.kind !== before.kind)
      after.rules = (changes.rules ?? {}) as AnyRules;
    check(after);
    this.#doc.transact(() => changeParts(zonesIn(this.#doc).get(id)!, changes), LOCAL);
  }

  /** Moves a vertex, once its drag has ended. @throws {HexfleetError} BAD_ZONE, ZONE_LOCKED, NO_SUCH_ZONE */
  moveVertex(id: string, place: VertexPlace, position: LngLat): void {
    this.#changeType(id, (zone) => moveVertex(zone, place, position));
  }

  /** Inserts a vertex before the one at a place. @throws {HexfleetError} BAD_ZONE, ZONE_LOCKED, NO_SUCH_ZONE */
  insertVertex(id: string, place: VertexPlace, position: LngLat): void {
    this.#changeType(id, (zone) => insertVertex(zone, place, position));
  }

  /** Removes a vertex. @throws {HexfleetError} ZONE_LOCKED, NO_SUCH_ZONE */
  removeVertex(id: string, place: VertexPlace): void {
    this.#changeType(id, (zone) => removeVertex(zone, place));
  }

  /** Removes a zone. @throws {HexfleetError} ZONE_LOCKED, NO_SUCH_ZONE */
  remove(id: string): void {
    this.#editable(id);
    this.#doc.transact(() => zonesIn(this.#doc).delete(id), LOCAL);
  }

  /** Locks a zone, so that nobody else can change it. @throws {HexfleetError} ZONE_LOCKED, NO_SUCH_ZONE */
  lock(id: string): void {
    this.#setLock(id, this.#user.id);
  }

  /** Unlocks a zone that this user has locked; that of another is unlocked with `ZonesApi.unlock`. */
  unlock(id: string): void {
    this.#setLock(id, null);
  }

  /** Takes back the last edit of this user. */
  undo(): void {
    this.#undo.undo();
    this.#emitState();
  }

  /** Makes the edit again that was taken back last. */
  redo(): void {
    this.#undo.redo();
    this.#emitState();
  }

  /** Shows others where the pointer is on the map; null when it leaves. */
  setCursor(cursor: LngLat | null): void {
    this.#editors.set({ cursor });
  }

  /** Shows others which zones are selected, so that they leave them alone. */
  select(ids: string[]): void {
    this.#editors.set({ selected: ids.slice(0, 20) });
  }

  #setLock(id: string, userId: string | null): void {
    this.#editable(id);
    this.#doc.transact(() => setLock(zonesIn(this.#doc).get(id)!, userId), LOCK);
  }

  #changeType(id: string, change: (zone: ZoneType) => void): void {
    this.#editable(id);
    this.#doc.transact(() => change(zonesIn(this.#doc).get(id)!), LOCAL);
  }

  #editable(id: string): ZoneDraft {
    const zone = this.#zones.get(id);
    if (zone === undefined) throw refusedWith('NO_SUCH_ZONE', 'There is no such zone in the draft');
    if (zone.lockedBy !== null && zone.lockedBy !== this.#user.id)
      throw refusedWith('ZONE_LOCKED', 'Another user has locked this zone');
    return zone;
  }

  /** Takes a push about the draft of any region. @internal */
  receive<E extends ZonesPush>(event: E, payload: PushPayloads<'/dispatch'>[E]): void;
  receive(event: ZonesPush, payload: unknown): void {
    if (this.#isClosed || (payload as { region: string }).region !== this.#region) return;
    if (event === 'zones:update') this.#sync?.receive(payload as ZonesUpdated);
    else if (event === 'zones:head') this.#sync?.expect((payload as ZonesHead).number);
    else if (event === 'zones:awareness') this.#editors.receive((payload as ZonesAwareness).update);
    else if (event === 'zones:joined') this.#editors.repeat();
    else this.emit('published', payload as VersionInfo);
  }

  /** Continues with the document of the service, after edits were refused. */
  #replace(doc: Y.Doc): void {
    const before = this.#doc;
    this.#undo.destroy();
    this.#doc = doc;
    this.#undo = undoOf(doc);
    this.#editors.move(doc);
    void this.#store
      .clear()
      .then(() => this.#store.attach(doc))
      .catch(() => {});
    this.#zones.move(doc);
    before.destroy();
  }

  #emitState(): void {
    const state = this.state;
    const text = JSON.stringify(state);
    if (text === this.#state || this.#isClosed) return;
    this.#state = text;
    this.emit('state', state);
  }
}

/** Each edit is a step of its own; locks are no edits. */
const undoOf = (doc: Y.Doc) =>
  new Y.UndoManager(zonesIn(doc), { trackedOrigins: new Set([LOCAL]), captureTimeout: 0 });

function check(zone: ZoneDraft): void {
  const problem = problemOfDraft(zone);
  if (problem !== null) throw refusedWith('BAD_ZONE', `The zone or one of its rules is invalid (${problem})`);
}
