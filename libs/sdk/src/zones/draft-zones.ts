import type * as Y from 'yjs';
import type { ZoneEdits } from '#protocol';
import type { ZoneDraft, ZoneEdit } from '#zones/draft';
import { readZone, zonesIn } from '#zones/draft';
import { Remote } from './draft-sync.js';

/** The zones in a document, read again whenever they change there, and the last edit of each. */
export class DraftZones {
  readonly #zones = new Map<string, ZoneDraft>();
  readonly #edits = new Map<string, ZoneEdit>();
  #doc: Y.Doc;
  /** the zones in order, until one changes */
  #sorted: ZoneDraft[] | null = null;

  constructor(
    doc: Y.Doc,
    /** called with the ids of zones that were changed, added or removed */
    private readonly onChange: (ids: string[]) => void,
  ) {
    this.#doc = doc;
    zonesIn(doc).observeDeep(this.#changed);
  }

  /** All zones, in the order of their ids. */
  get all(): ZoneDraft[] {
    this.#sorted ??= [...this.#zones.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return this.#sorted.slice();
  }

  get(id: string): ZoneDraft | undefined {
    return this.#zones.get(id);
  }

  lastEdit(id: string): ZoneEdit | undefined {
    return this.#edits.get(id);
  }

  /** Notes the last edits of all zones as the service knows them. */
  reset(edits: ZoneEdits): void {
    this.#edits.clear();
    for (const [id, edit] of Object.entries(edits)) this.#edits.set(id, edit);
  }

  /** Notes an edit, unless a later one is known. */
  note(zoneIds: string[], edit: ZoneEdit): void {
    for (const id of zoneIds)
      if (!this.#zones.has(id)) this.#edits.delete(id);
      else if ((this.#edits.get(id)?.version ?? 0) < edit.version) this.#edits.set(id, edit);
  }

  /** Continues with another document. */
  move(doc: Y.Doc): void {
    zonesIn(this.#doc).unobserveDeep(this.#changed);
    this.#doc = doc;
    zonesIn(doc).observeDeep(this.#changed);
    this.#read(new Set([...this.#zones.keys(), ...zonesIn(doc).keys()]));
  }

  readonly #changed = (events: Y.YEvent<Y.AbstractType<unknown>>[], { origin }: Y.Transaction): void => {
    const ids = new Set<string>();
    for (const event of events)
      if (event.path.length > 0) ids.add(String(event.path[0]));
      else for (const id of event.changes.keys.keys()) ids.add(id);
    const updated = origin instanceof Remote ? origin.updated : null;
    this.#read(ids, updated === null ? null : { version: updated.number, by: updated.by, at: updated.at });
  };

  #read(ids: ReadonlySet<string>, edit: ZoneEdit | null = null): void {
    for (const id of ids) this.#readOne(id);
    this.#sorted = null;
    if (edit !== null) this.note([...ids], edit);
    this.onChange([...ids]);
  }

  #readOne(id: string): void {
    const zone = zonesIn(this.#doc).get(id);
    try {
      if (zone === undefined) this.#zones.delete(id);
      else this.#zones.set(id, readZone(id, zone));
    } catch {
      // The service accepts no malformed zone, so it is only seen between two of its updates.
      this.#zones.delete(id);
    }
  }
}
