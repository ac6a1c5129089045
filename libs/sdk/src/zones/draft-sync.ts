import * as Y from 'yjs';
import type { VersionInfo, ZoneEdits, ZonesUpdated } from '#protocol';
import { changeZone, readZones } from '#zones/draft';
import type { Connection } from '../connection/connection.js';
import type { HexfleetError } from '../connection/errors.js';
import { sleep } from '../util/event-promise.js';
import { SerialQueue } from '../util/serial-queue.js';
import {
  bytesOf,
  contains,
  copyOf,
  type Differences,
  differing,
  zonesChangedBy,
} from './draft-difference.js';

/** The part of a {@link Connection} that editing needs. */
export type ZonesConnection = Pick<Connection<'/dispatch'>, 'request' | 'on' | 'onState' | 'state' | 'hello'>;

/** Origin of transactions of this user, which can be undone, and of those that are sent only. */
export const LOCAL = Symbol('local');
export const LOCK = Symbol('lock');
/** Origin of a transaction of the service: the update that it applies, or null for the answer to `zones:open`. */
export class Remote {
  constructor(readonly updated: ZonesUpdated | null) {}
}

/** Largest number of bytes that are sent at once; somewhat below the limit of the service. */
const MAX_BYTES = 60_000;
/** Least time between two updates, so that at most 20 are sent in a second; what is edited meanwhile is sent together. */
const INTERVAL_MS = 55;
/** Time for which a missing update may be on its way. */
const GAP_MS = 1_000;

export type SyncHandlers = {
  /** the document was replaced by that of the service, without the edits that were refused */
  replaced(doc: Y.Doc): void;
  opened(edits: ZoneEdits, published: VersionInfo | null): void;
  /** the service has this edit of this user */
  acked(number: number, at: number, zoneIds: string[]): void;
  refused(zoneId: string | null, error: HexfleetError): void;
  changed(): void;
};

/** Edit that was not acknowledged; `zoneIds` is null if it is not known which zones it is about. */
type Unsent = { update: Uint8Array; zoneIds: string[] | null };

/**
 * Keeps the document of a draft equal to that of the service: sends what this user edits, applies what others edit, and asks
 * again after a gap. What is not acknowledged is in the document, so nothing else has to be remembered: on each
 * connection the client learns what the service lacks.
 */
export class DraftSync {
  #doc: Y.Doc;
  #isWanted = true;
  /** whether the draft must be opened before anything else */
  #isOpenDue = true;
  #isLoaded = false;
  readonly #unsent: Unsent[] = [];
  #sentAt = -Infinity;
  /** edits of zones that are sent again, one zone at a time, after the service refused them together */
  #rescue: Differences | null = null;
  /** whether the edits of the rescue have yet to be divided by zone */
  #isRescueDue = false;
  #step: 'open' | 'divide' | 'rescue' | 'send' = 'open';
  /** number of the newest update up to which all are known, and later ones that are */
  #number = 0;
  readonly #early = new Set<number>();
  /** number of the newest update that is known of */
  #expected = 0;
  #gapTimer: ReturnType<typeof setTimeout> | null = null;
  readonly #queue: SerialQueue;
  readonly #off: () => void;

  constructor(
    private readonly connection: ZonesConnection,
    private readonly region: string,
    doc: Y.Doc,
    private readonly handlers: SyncHandlers,
  ) {
    this.#doc = doc;
    doc.on('update', this.#onUpdate);
    this.#queue = new SerialQueue(connection, {
      isDue: () => this.#isWanted && (this.#isOpenDue || this.#rescue !== null || this.#unsent.length > 0),
      step: () => this.#next(),
      refused: (error) => this.#refused(error),
    });
    this.#off = connection.onState(() => this.#reopen());
    this.#reopen();
  }

  /** Whether the document of the service was loaded at least once. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Whether the service has every edit, as far as this client knows. */
  get isSaved(): boolean {
    return !this.#isOpenDue && this.#rescue === null && this.#unsent.length === 0;
  }

  /** Number of the newest update up to which all are known. */
  get number(): number {
    return this.#number;
  }

  /** Applies an update of another editor. */
  receive(updated: ZonesUpdated): void {
    const { number, update } = updated;
    if (number <= this.#number || this.#early.has(number)) return;
    Y.applyUpdate(this.#doc, bytesOf(update), new Remote(updated));
    this.#note(number);
  }

  /** The service says which update is the newest. */
  expect(number: number): void {
    if (number > this.#number) this.#checkLater(number);
  }

  stop(): void {
    this.#isWanted = false;
    this.#off();
    this.#stopWaiting();
    this.#doc.off('update', this.#onUpdate);
  }

  #reopen(): void {
    if (this.connection.hello === null) {
      this.handlers.changed();
      return;
    }
    this.#early.clear();
    this.#isOpenDue = true;
    this.#run();
  }

  #run(): void {
    this.handlers.changed();
    void this.#queue.run().then(() => this.handlers.changed());
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown, _: Y.Doc, transaction: Y.Transaction): void => {
    // Undoing and redoing have the undo manager as their origin; what is loaded from the device has another one.
    if (origin !== LOCAL && origin !== LOCK && !(origin instanceof Y.UndoManager)) return;
    this.#unsent.push({ update, zoneIds: zonesChangedBy(transaction) });
    this.#run();
  };

  #next(): Promise<void> {
    if (this.#isOpenDue) this.#step = 'open';
    else if (this.#rescue !== null) this.#step = this.#isRescueDue ? 'divide' : 'rescue';
    else this.#step = 'send';
    switch (this.#step) {
      case 'open':
        return this.#open();
      case 'divide':
        return this.#divide();
      case 'rescue':
        return this.#rescueOne(this.#rescue!);
      case 'send':
        return this.#send();
    }
  }

  async #open(): Promise<void> {
    const { hello } = this.connection;
    const doc = this.#doc;
    const opened = await this.#request(doc);
    if (this.connection.hello !== hello || !this.#isWanted) return;
    Y.applyUpdate(doc, bytesOf(opened.update), new Remote(null));
    this.#startFrom(opened.number);
    this.handlers.opened(opened.edits, opened.published);
    // Edits made without a connection, or on their way when it ended.
    const known = Y.decodeSnapshot(bytesOf(opened.snapshot));
    this.#unsent.length = 0;
    if (!contains(known, Y.snapshot(doc)))
      this.#unsent.push({ update: Y.encodeStateAsUpdate(doc, Y.encodeStateVector(known.sv)), zoneIds: null });
    this.#isOpenDue = false;
    this.#isLoaded = true;
  }

  #request(doc: Y.Doc) {
    const stateVector = Y.encodeStateVector(doc);
    return this.connection.request('zones:open', {
      region: this.region,
      clientId: doc.clientID,
      stateVector,
    });
  }

  async #send(): Promise<void> {
    const batch = this.#unsent.slice(0, 1);
    let bytes = batch[0]!.update.byteLength;
    for (const unsent of this.#unsent.slice(1)) {
      bytes += unsent.update.byteLength;
      if (bytes > MAX_BYTES) break;
      batch.push(unsent);
    }
    const updates = batch.map(({ update }) => update);
    const update = updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates);
    if (update.byteLength > MAX_BYTES) return this.#beginRescue();
    const { number, at } = await this.#submit(update);
    // On a new connection, what is missing is found out again.
    if (this.#isOpenDue) return;
    this.#unsent.splice(0, batch.length);
    this.#note(number);
    const zoneIds = batch.flatMap(({ zoneIds }) => zoneIds ?? []);
    this.handlers.acked(number, at, zoneIds);
    // The answer names the last change of each zone.
    if (batch.some(({ zoneIds }) => zoneIds === null)) this.#isOpenDue = true;
    await this.#rest();
  }

  #submit(update: Uint8Array) {
    this.#sentAt = performance.now();
    return this.connection.request('zones:update', { region: this.region, update });
  }

  /** Waits until the next update may be sent. The time until the answer counts, so an edit after a slow one is not held up. */
  async #rest(): Promise<void> {
    const restMs = this.#sentAt + INTERVAL_MS - performance.now();
    if (restMs > 0) await sleep(restMs);
  }

  /** Remembers that an update is known; asks again if one before it does not arrive. */
  #note(number: number): void {
    if (number <= this.#number) return;
    this.#early.add(number);
    while (this.#early.delete(this.#number + 1)) this.#number += 1;
    if (this.#early.size > 0) this.#checkLater(number);
    this.handlers.changed();
  }

  /** Asks again unless all updates up to this one are known in a while. */
  #checkLater(number: number): void {
    this.#expected = Math.max(this.#expected, number);
    this.#gapTimer ??= setTimeout(() => {
      this.#gapTimer = null;
      if (this.connection.hello === null || !this.#isWanted) return;
      if (this.#number < number) {
        this.#isOpenDue = true;
        this.#run();
      } else if (this.#number < this.#expected) this.#checkLater(this.#expected);
    }, GAP_MS);
  }

  /** Continues after the update with this number; later ones may have arrived before the answer that names it. */
  #startFrom(number: number): void {
    this.#number = number;
    this.#expected = number;
    for (const early of this.#early) if (early <= number) this.#early.delete(early);
    while (this.#early.delete(this.#number + 1)) this.#number += 1;
    this.#stopWaiting();
    if (this.#early.size > 0) this.#checkLater(Math.max(...this.#early));
  }

  #stopWaiting(): void {
    if (this.#gapTimer !== null) clearTimeout(this.#gapTimer);
    this.#gapTimer = null;
  }

  /** The service refused a step for good. */
  #refused(error: HexfleetError): void {
    if (error.code === 'DRAFT_NOT_OPEN') this.#isOpenDue = true;
    else if (this.#step === 'send') this.#beginRescue();
    else if (this.#step === 'rescue') {
      const [[zoneId]] = this.#rescue!.splice(0, 1) as [Differences[number]];
      this.handlers.refused(zoneId, error);
    } else {
      // The draft cannot be opened. What was edited stays on the device.
      this.#isWanted = false;
      this.handlers.refused(null, error);
    }
  }

  /** Sends the edits zone by zone: together they are too large, or the service refused one of them. */
  #beginRescue(): void {
    this.#unsent.length = 0;
    this.#rescue = [];
    this.#isRescueDue = true;
  }

  async #rescueOne(rescue: Differences): Promise<void> {
    const [first] = rescue;
    if (first === undefined) {
      this.#rescue = null;
      return;
    }
    const [zoneId, mine] = first;
    // On a copy: what is refused must not be in the document.
    const copy = copyOf(this.#doc);
    const before = Y.encodeStateVector(copy);
    let update: Uint8Array | null = null;
    copy.on('update', (bytes: Uint8Array) => {
      update = bytes;
    });
    copy.transact(() => changeZone(copy, zoneId, mine));
    if (update !== null) {
      const edit = Y.encodeStateAsUpdate(copy, before);
      const { number, at } = await this.#submit(edit);
      Y.applyUpdate(this.#doc, edit, new Remote(null));
      this.#note(number);
      this.handlers.acked(number, at, [zoneId]);
    }
    rescue.shift();
    await this.#rest();
  }

  /** Begins with a new document of the service, and notes which zones differ in the one before. */
  async #divide(): Promise<void> {
    const before = this.#doc;
    const doc = new Y.Doc();
    const opened = await this.#request(doc);
    if (!this.#isWanted) return;
    Y.applyUpdate(doc, bytesOf(opened.update), new Remote(null));
    // With all edits of others, the document before differs only by those of this user.
    Y.applyUpdate(before, bytesOf(opened.update), new Remote(null));
    this.#rescue = differing(readZones(before), readZones(doc));
    this.#isRescueDue = false;
    this.#early.clear();
    this.#startFrom(opened.number);
    before.off('update', this.#onUpdate);
    this.#doc = doc;
    this.#unsent.length = 0;
    doc.on('update', this.#onUpdate);
    this.handlers.replaced(doc);
    this.handlers.opened(opened.edits, opened.published);
  }
}
