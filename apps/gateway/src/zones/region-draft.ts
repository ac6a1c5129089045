import PQueue from 'p-queue';
import * as Y from 'yjs';
import { ProtocolError, ZONE_LIMITS, type ZoneEdits, type ZonesUpdated } from '#protocol';
import {
  type DraftPart,
  type DraftSnapshot,
  NO_UPDATE,
  partsOf,
  type UpdateId,
  type ZoneDrafts,
} from '#store';
import { type ZoneDraft, type ZoneEdit } from '#zones';
import {
  applyAccepted,
  applyChecked,
  type DraftFacts,
  locksIn,
  NotAppliedError,
  readZones,
  zonesIn,
} from '#zones/draft';

/** Updates, and bytes of updates, after a snapshot from which it is renewed. */
const COMPACT_AFTER = { updates: 200, bytes: 512 * 1_024 };
/** Attempts to append an update that others overtake. */
const MAX_ATTEMPTS = 8;

/** Facts of a snapshot as JSON. */
type StoredFacts = {
  clients: Array<[client: number, userId: string]>;
  edits: Array<[zoneId: string, ZoneEdit]>;
};

/** The draft as this gateway has read it. */
type Loaded = {
  doc: Y.Doc;
  facts: DraftFacts;
  edits: Map<string, ZoneEdit>;
  /** id of the newest update in the document, and of the snapshot in Redis */
  id: UpdateId;
  snapshotId: UpdateId;
  /** size of the snapshot and of the updates after it */
  stateBytes: number;
  updateBytes: number;
  isCompacting: boolean;
};

/** A snapshot to be written, and the bytes of the updates that it replaces. */
type Renewal = { loaded: Loaded; snapshot: DraftSnapshot; updateBytes: number };

const emptyDraft = (): Loaded => ({
  doc: new Y.Doc(),
  facts: { clients: new Map(), locks: new Map() },
  edits: new Map(),
  id: NO_UPDATE,
  snapshotId: NO_UPDATE,
  stateBytes: 0,
  updateBytes: 0,
  isCompacting: false,
});

/** Content of a draft, for a publication. */
export type DraftContent = { number: number; zones: ZoneDraft[]; edits: ReadonlyMap<string, ZoneEdit> };

/**
 * The draft of one region in the memory of a gateway: a copy of what Redis has, which may be dropped at any time. One
 * operation runs at a time, and each begins with what other gateways have appended meanwhile.
 */
export class RegionDraft {
  readonly #queue = new PQueue({ concurrency: 1 });
  #loaded = emptyDraft();

  constructor(
    private readonly region: string,
    private readonly node: string,
    private readonly drafts: ZoneDrafts,
    /** called with each update that this gateway appended, in order */
    private readonly onAppended: (updated: ZonesUpdated, socketId?: string) => void,
    private readonly compactAfter = COMPACT_AFTER,
  ) {}

  /**
   * Returns what a client with this state vector lacks, and what the service has.
   * @throws {ProtocolError} BAD_UPDATE for a malformed state vector, OTHER_EDITOR for a client id that another user has edited with
   */
  open(stateVector: Uint8Array, clientId: number, userId: string) {
    return this.#queue.add(async () => {
      const { doc, id, edits, facts } = await this.#current();
      if ((facts.clients.get(clientId) ?? userId) !== userId) throw new ProtocolError('OTHER_EDITOR');
      try {
        return {
          number: partsOf(id).number,
          update: Y.encodeStateAsUpdate(doc, stateVector),
          snapshot: Y.encodeSnapshot(Y.snapshot(doc)),
          edits: Object.fromEntries(edits) as ZoneEdits,
        };
      } catch {
        throw new ProtocolError('BAD_UPDATE');
      }
    });
  }

  /** Returns the zones. */
  content(): Promise<DraftContent> {
    return this.#queue.add(async () => {
      const { doc, id, edits } = await this.#current();
      return { number: partsOf(id).number, zones: readZones(doc), edits: new Map(edits) };
    });
  }

  /** Returns a copy of the document, to edit it. */
  copy(): Promise<Y.Doc> {
    return this.#queue.add(async () => {
      const copy = new Y.Doc();
      Y.applyUpdate(copy, Y.encodeStateAsUpdate((await this.#current()).doc));
      return copy;
    });
  }

  /** Reads what others have appended. @returns the number of the newest update */
  poll(): Promise<number> {
    return this.#queue.add(async () => partsOf((await this.#current()).id).number);
  }

  /**
   * Accepts the update of a user: checks it, appends it, and passes it on. One that is known already is acknowledged again.
   * @param options the socket that sent it; `breaksLocks` for an update of the service itself
   * @throws {ProtocolError} UPDATE_TOO_LARGE, DRAFT_FULL, UNAVAILABLE, and those of {@link applyChecked}
   */
  submit(
    userId: string,
    update: Uint8Array,
    { socketId, breaksLocks = false }: { socketId?: string; breaksLocks?: boolean } = {},
  ): Promise<{ number: number; at: number }> {
    if (update.byteLength > ZONE_LIMITS.updateBytes)
      return Promise.reject(new ProtocolError('UPDATE_TOO_LARGE'));
    return this.#queue.add(async () => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const loaded = await this.#current();
        // The locks are read again from the document afterwards.
        if (breaksLocks) loaded.facts.locks.clear();
        try {
          const accepted = await this.#append(loaded, userId, update, socketId);
          if (accepted !== null) return accepted;
        } catch (error) {
          // The document holds what was refused, or what may not be stored.
          if (!(error instanceof NotAppliedError)) this.#loaded = emptyDraft();
          throw error;
        } finally {
          if (breaksLocks) loaded.facts.locks = locksIn(loaded.doc);
        }
        this.#loaded = emptyDraft();
      }
      throw new ProtocolError('UNAVAILABLE');
    });
  }

  /** @returns null if it must be tried again, because another update was appended meanwhile */
  async #append(loaded: Loaded, userId: string, bytes: Uint8Array, socketId: string | undefined) {
    const { doc, facts, edits } = loaded;
    const { update, changed } = applyChecked(doc, facts, bytes, userId);
    if (update === null) return partsOf(loaded.id);
    if (sizeOf(loaded) + update.byteLength > ZONE_LIMITS.documentBytes) {
      // The sum counts what was edited away; only the document itself counts.
      loaded.stateBytes = Y.encodeStateAsUpdate(doc).byteLength;
      loaded.updateBytes = 0;
      if (loaded.stateBytes > ZONE_LIMITS.documentBytes) throw new ProtocolError('DRAFT_FULL');
    }
    const id = await this.drafts.append(this.region, loaded.id, userId, update).catch(unavailable);
    if (id === 'STALE') return null;
    if (id === 'FULL') {
      // The copy in memory holds more than Redis: read it again before it is compacted.
      this.#loaded = emptyDraft();
      await this.#renew(this.#snapshotOf(await this.#current()));
      return null;
    }
    const { number, at } = partsOf(id);
    loaded.id = id;
    loaded.updateBytes += update.byteLength;
    note(edits, doc, changed, { version: number, by: userId, at });
    this.onAppended({ region: this.region, number, by: userId, at, update }, socketId);
    if (this.#isDue(loaded)) void this.#compact(loaded).catch(() => {});
    return { number, at };
  }

  /** Returns the draft with everything that Redis has. */
  async #current(): Promise<Loaded> {
    const part = await this.drafts.read(this.region, this.#loaded.id).catch(unavailable);
    if (part.isReset) this.#loaded = fromSnapshot(part);
    const loaded = this.#loaded;
    for (const { id, number, by, at, update } of part.updates) {
      const changed = applyAccepted(loaded.doc, loaded.facts, update, by);
      note(loaded.edits, loaded.doc, changed, { version: number, by, at });
      loaded.id = id;
      loaded.updateBytes += update.byteLength;
    }
    return loaded;
  }

  #isDue({ id, snapshotId, updateBytes, isCompacting }: Loaded): boolean {
    if (isCompacting) return false;
    const updates = partsOf(id).number - partsOf(snapshotId).number;
    return updates >= this.compactAfter.updates || updateBytes >= this.compactAfter.bytes;
  }

  /** Takes the snapshot between two updates, and writes it while the next ones are accepted. */
  async #compact(loaded: Loaded): Promise<void> {
    loaded.isCompacting = true;
    try {
      await this.#renew(await this.#queue.add(() => this.#snapshotOf(loaded)));
    } finally {
      loaded.isCompacting = false;
    }
  }

  /** @returns null if the draft was dropped meanwhile, or another gateway has compacted it */
  #snapshotOf(loaded: Loaded): Renewal | null {
    if (loaded !== this.#loaded || loaded.id === loaded.snapshotId) return null;
    const { doc, id, facts, edits, updateBytes } = loaded;
    const state = Buffer.from(Y.encodeStateAsUpdate(doc));
    const stored: StoredFacts = { clients: [...facts.clients], edits: [...edits] };
    return { loaded, updateBytes, snapshot: { id, state, facts: JSON.stringify(stored) } };
  }

  async #renew(renewal: Renewal | null): Promise<void> {
    if (renewal === null) return;
    const { loaded, updateBytes, snapshot } = renewal;
    if (!(await this.drafts.compact(this.region, this.node, loaded.snapshotId, snapshot))) return;
    loaded.snapshotId = snapshot.id;
    loaded.stateBytes = snapshot.state.byteLength;
    loaded.updateBytes = Math.max(0, loaded.updateBytes - updateBytes);
  }
}

const sizeOf = ({ stateBytes, updateBytes }: Loaded): number => stateBytes + updateBytes;

function fromSnapshot({ snapshot }: DraftPart): Loaded {
  const loaded = emptyDraft();
  if (snapshot === null) return loaded;
  const { id, state, facts } = snapshot;
  const { clients, edits } = JSON.parse(facts) as StoredFacts;
  Y.applyUpdate(loaded.doc, state);
  return {
    ...loaded,
    facts: { clients: new Map(clients), locks: locksIn(loaded.doc) },
    edits: new Map(edits),
    id,
    snapshotId: id,
    stateBytes: state.byteLength,
  };
}

/** Notes who changed zones, and forgets zones that are gone. */
function note(edits: Map<string, ZoneEdit>, doc: Y.Doc, changed: string[], edit: ZoneEdit): void {
  const zones = zonesIn(doc);
  for (const id of changed)
    if (zones.has(id)) edits.set(id, edit);
    else edits.delete(id);
}

const unavailable = (error: unknown): never => {
  throw error instanceof ProtocolError ? error : new ProtocolError('UNAVAILABLE');
};
