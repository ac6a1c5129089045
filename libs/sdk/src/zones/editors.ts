import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { bytesOf } from './draft-difference.js';
import type { ZonesConnection } from './draft-sync.js';

/** Another user who has the draft open, on one page. */
export type ZonesEditorInfo = {
  /** client id of the page */
  clientId: number;
  /** user of the token */
  userId: string;
  /** name to show */
  name: string;
  /** colour to show, `#rrggbb` */
  colour: string;
  /** pointer on the map, [lng, lat]; null while it is elsewhere */
  cursor: [lng: number, lat: number] | null;
  /** zones that the user has selected */
  selected: string[];
};

/** Least time between two updates; ten a second are allowed. */
const INTERVAL_MS = 120;
const REMOTE = 'remote';

type Own = Pick<ZonesEditorInfo, 'name' | 'colour' | 'cursor' | 'selected'>;

/** Cursors and selections of the editors of one draft. */
export class Editors {
  #awareness: Awareness;
  #own: Own;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #sentAt = -Infinity;

  constructor(
    private readonly connection: ZonesConnection,
    private readonly region: string,
    doc: Y.Doc,
    { name, colour }: Pick<Own, 'name' | 'colour'>,
    private readonly onChange: () => void,
  ) {
    this.#own = { name, colour, cursor: null, selected: [] };
    this.#awareness = this.#follow(doc);
  }

  /** The other editors, in the order in which they came. */
  get others(): ZonesEditorInfo[] {
    const states = [...this.#awareness.getStates()];
    return states.flatMap(([clientId, state]) =>
      clientId === this.#awareness.clientID || state.userId === undefined
        ? []
        : [{ clientId, ...(state as Omit<ZonesEditorInfo, 'clientId'>) }],
    );
  }

  /** Changes what others see of this user. */
  set(change: Partial<Own>): void {
    this.#own = { ...this.#own, ...change };
    this.#awareness.setLocalState(this.#own);
  }

  receive(update: Uint8Array): void {
    applyAwarenessUpdate(this.#awareness, bytesOf(update), REMOTE);
  }

  /** Sends the own state again, to one who came later or on a new connection. */
  repeat(): void {
    this.#awareness.setLocalState(this.#own);
  }

  /** Continues with another document, under its client id. */
  move(doc: Y.Doc): void {
    this.#awareness.destroy();
    this.#awareness = this.#follow(doc);
    this.onChange();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#awareness.destroy();
  }

  #follow(doc: Y.Doc): Awareness {
    const awareness = new Awareness(doc);
    awareness.setLocalState(this.#own);
    awareness.on('change', (_: unknown, origin: unknown) => {
      if (origin !== 'local') this.onChange();
    });
    awareness.on('update', (_: unknown, origin: unknown) => {
      if (origin === 'local' && awareness === this.#awareness && awareness.getLocalState() !== null)
        this.#sendSoon();
    });
    return awareness;
  }

  #sendSoon(): void {
    if (this.#timer !== null) return;
    const waitMs = Math.max(0, this.#sentAt + INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#sentAt = performance.now();
      if (this.connection.hello === null) return;
      const update = encodeAwarenessUpdate(this.#awareness, [this.#awareness.clientID]);
      // One that is lost is replaced by the next one, at the latest after 15 s.
      this.connection.request('zones:awareness', { region: this.region, update }).catch(() => {});
    }, waitMs);
  }
}
