import * as Y from 'yjs';
import type {
  LngLat,
  PushPayloads,
  VersionInfo,
  ZoneKind,
  ZonePolygon,
  ZonesAwareness,
  ZonesHead,
  ZonesUpdated,
} from '#protocol';
import type { AnyRules, ZoneDraft, ZoneEdit } from '#zones/draft';
import {
  changeParts,
  insertVertex,
  moveVertex,
  newZoneId,
  problemOfDraft,
  putZone,
  readZone,
  removeVertex,
  setLock,
  type VertexPlace,
  type ZoneType,
  zonesIn,
} from '#zones/draft';
import { type HexfleetError, refusedWith } from '../connection/errors.js';
import { Emitter } from '../util/emitter.js';
import { type DraftStore, indexedDbDraftStore } from './draft-store.js';
import { DraftSync, LOCAL, LOCK, Remote, type ZonesConnection } from './draft-sync.js';
import { Editors, type ZonesEditorInfo } from './editors.js';

/** Pushes about drafts. */
export type ZonesPush =
  | 'zones:update'
  | 'zones:head'
  | 'zones:awareness'
  | 'zones:joined'
  | 'zones:published';

/** State of a draft on this device. */
export type ZonesEditorState = {
  /** whether the zones were loaded, from the service or from this device */
  isLoaded: boolean;
  /** whether the client is connected */
  isOnline: boolean;
  /** whether the service has every edit */
  isSaved: boolean;
  /** number of the newest update that is known */
  number: number;
  /** whether {@link ZoneEditor.undo} does something */
  canUndo: boolean;
  /** whether {@link ZoneEditor.redo} does something */
  canRedo: boolean;
};

/** Events of a {@link ZoneEditor}, by name. */
export type ZonesEditorEvents = {
  /** Emitted when zones were changed, added or removed, with their ids; by whomever. */
  zones: string[];
  /** Emitted when the state of the draft on this device changes. */
  state: ZonesEditorState;
  /** Emitted when other editors come, go, move their cursor or select a zone. */
  editors: ZonesEditorInfo[];
  /** Emitted when the service refused edits of a zone, which then is as the service has it; all of the draft if null. */
  refused: RefusedEdit;
  /** Emitted when a version of the zones of the region is published, and with the newest one when the draft is opened. */
  published: VersionInfo;
};

/** Edit that was refused. */
export type RefusedEdit = {
  /** zone that was edited; null if the draft cannot be opened */
  zoneId: string | null;
  /** cause, with the code of the service */
  error: HexfleetError;
};

/** New zone; what is missing has defaults. */
export type NewZone = {
  /** 1 to 80 characters */
  name: string;
  /** purpose of the zone */
  kind: ZoneKind;
  /** rings of [lng, lat], not closed; the outer ring first */
  polygons: ZonePolygon[];
  /** rules of the kind; those that are missing have their defaults */
  rules?: Partial<AnyRules>;
};

/** User who edits zones. */
export type ZonesUser = {
  /** user of the token */
  id: string;
  /** name that others see, 40 characters at most */
  name: string;
  /** colour that others see, `#rrggbb` */
  colour: string;
};

/** Options of a {@link ZoneEditor}. */
export type ZonesEditorOptions = {
  /** user of the token, and how others see the user */
  user: ZonesUser;
  /** keeps edits on the device; by default in the browser's IndexedDB, and in memory elsewhere */
  store?: DraftStore;
};

/** Changes of a zone; of the rules, those that are missing stay. */
export type ZoneChanges = Partial<Pick<ZoneDraft, 'name' | 'kind' | 'polygons'>> & {
  /** rules to change */
  rules?: Partial<AnyRules>;
};

/**
 * The draft of the zones of one region, edited together with others. An edit shows at once, is sent when there is a
 * connection, and merges with those of others. Undo affects edits of this user only.
 */
export class ZoneEditor extends Emitter<ZonesEditorEvents> {
  #doc = new Y.Doc();
  #undo = undoOf(this.#doc);
  readonly #zones = new Map<string, ZoneDraft>();
  readonly #edits = new Map<string, ZoneEdit>();
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
    this.#observe();
  }

  /** Loads what is stored on the device and begins to keep the draft equal to that of the service. @internal */
  async start(): Promise<void> {
    await this.#store.attach(this.#doc).catch(() => {});
    if (this.#isClosed) return;
    this.#isStored = this.#zones.size > 0;
    this.#sync = new DraftSync(this.#connection, this.#region, this.#doc, {
      replaced: (doc) => this.#replace(doc),
      opened: (edits, published) => {
        this.#edits.clear();
        for (const [id, edit] of Object.entries(edits)) this.#edits.set(id, edit);
        if (published !== null) this.emit('published', published);
        this.#editors.repeat();
      },
      acked: (version, at, zoneIds) => this.#note(zoneIds, { version, by: this.#user.id, at }),
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
    return [...this.#zones.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Returns a zone of the draft. */
  zone(id: string): ZoneDraft | undefined {
    return this.#zones.get(id);
  }

  /** Returns who changed a zone last, and when; undefined before the service has it. */
  lastEdit(id: string): ZoneEdit | undefined {
    return this.#edits.get(id);
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

  readonly #onChange = (events: Y.YEvent<Y.AbstractType<unknown>>[], { origin }: Y.Transaction): void => {
    const ids = new Set<string>();
    for (const event of events)
      if (event.path.length > 0) ids.add(String(event.path[0]));
      else for (const id of event.changes.keys.keys()) ids.add(id);
    for (const id of ids) this.#read(id);
    if (origin instanceof Remote && origin.updated !== null) {
      const { number: version, by, at } = origin.updated;
      this.#note([...ids], { version, by, at });
    }
    this.emit('zones', [...ids]);
    this.#emitState();
  };

  #note(zoneIds: string[], edit: ZoneEdit): void {
    for (const id of zoneIds)
      if (!this.#zones.has(id)) this.#edits.delete(id);
      else if ((this.#edits.get(id)?.version ?? 0) < edit.version) this.#edits.set(id, edit);
  }

  #read(id: string): void {
    const zone = zonesIn(this.#doc).get(id);
    try {
      if (zone === undefined) this.#zones.delete(id);
      else this.#zones.set(id, readZone(id, zone));
    } catch {
      // The service accepts no malformed zone, so it is only seen between two of its updates.
      this.#zones.delete(id);
    }
  }

  #observe(): void {
    zonesIn(this.#doc).observeDeep(this.#onChange);
  }

  /** Continues with the document of the service, after edits were refused. */
  #replace(doc: Y.Doc): void {
    const before = this.#doc;
    zonesIn(before).unobserveDeep(this.#onChange);
    this.#undo.destroy();
    this.#doc = doc;
    this.#undo = undoOf(doc);
    this.#editors.move(doc);
    const ids = new Set([...this.#zones.keys(), ...zonesIn(doc).keys()]);
    for (const id of ids) this.#read(id);
    this.#observe();
    void this.#store
      .clear()
      .then(() => this.#store.attach(doc))
      .catch(() => {});
    before.destroy();
    this.emit('zones', [...ids]);
    this.#emitState();
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
