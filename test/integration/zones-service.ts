import * as Y from 'yjs';
import { isCode, ProtocolError, type ZonesUpdated } from '#protocol';
import { type RedisClient, ZoneDrafts } from '#store';
import { RegionDraft } from '../../apps/gateway/src/zones/region-draft.js';
import { HexfleetError } from '../../libs/sdk/src/connection/errors.js';
import type { DraftStore } from '../../libs/sdk/src/zones/draft-store.js';
import type { ZonesConnection } from '../../libs/sdk/src/zones/draft-sync.js';
import { ZoneEditor } from '../../libs/sdk/src/zones/zone-editor.js';

/** A gateway as far as drafts are concerned; killing it loses its memory and what it has not sent. */
class Gateway {
  readonly members = new Set<Client>();
  readonly draft: RegionDraft;
  isDead = false;

  constructor(
    readonly service: ZonesService,
    name: string,
  ) {
    this.draft = new RegionDraft(
      service.region,
      name,
      service.drafts,
      (updated, socketId) => {
        if (!this.isDead) service.push(updated, socketId);
      },
      { updates: 5, bytes: 1e9 },
    );
  }
}

/** Two gateways on a real Redis, with clients whose connections the test cuts. */
export class ZonesService {
  readonly drafts: ZoneDrafts;
  gateways: Gateway[];
  /** whether pushes arrive twice */
  duplicates = false;
  #names = 0;

  constructor(
    redis: RedisClient,
    readonly region: string,
  ) {
    this.drafts = new ZoneDrafts(redis);
    this.gateways = [this.#start(), this.#start()];
  }

  #start(): Gateway {
    return new Gateway(this, `gateway-${this.#names++}`);
  }

  kill(i: number): void {
    const dead = this.gateways[i]!;
    dead.isDead = true;
    this.gateways[i] = this.#start();
    for (const client of dead.members) client.disconnect();
  }

  push(updated: ZonesUpdated, socketId: string | undefined): void {
    for (const { members } of this.gateways)
      for (const client of members)
        if (client.socketId !== socketId)
          for (let times = this.duplicates ? 2 : 1; times > 0; times -= 1)
            setImmediate(() => client.editor?.receive('zones:update', updated));
  }

  get members(): Client[] {
    return this.gateways.flatMap(({ members }) => [...members]);
  }
}

/** Store of a browser that survives a reload. */
function storeOf(updates: Uint8Array[]): DraftStore {
  let off = () => {};
  return {
    attach: async (doc) => {
      for (const update of updates.slice()) Y.applyUpdate(doc, update, 'store');
      const onUpdate = (update: Uint8Array, origin: unknown) => {
        if (origin !== 'store') updates.push(update);
      };
      doc.on('update', onUpdate);
      off = () => doc.off('update', onUpdate);
    },
    detach: async () => off(),
    clear: async () => {
      off();
      updates.length = 0;
    },
  };
}

/** A page that edits zones. */
export class Client {
  editor: ZoneEditor | null = null;
  socketId = '';
  refused: Array<{ zoneId: string | null; code: string }> = [];
  readonly #updates: Uint8Array[] = [];
  readonly #listeners = new Set<() => void>();
  #gateway: Gateway | null = null;
  #connections = 0;
  #hello: object | null = null;

  constructor(
    readonly service: ZonesService,
    readonly userId: string,
  ) {}

  /** Opens the page, again with what its browser has stored. */
  async open(): Promise<ZoneEditor> {
    const user = { id: this.userId, name: this.userId, colour: '#336699' };
    const editor = new ZoneEditor(
      this.#connection(),
      this.service.region,
      { user, store: storeOf(this.#updates) },
      () => {},
    );
    editor.on('refused', ({ zoneId, error }) => this.refused.push({ zoneId, code: error.code }));
    this.editor = editor;
    await editor.start();
    return editor;
  }

  async close(): Promise<void> {
    this.disconnect();
    const { editor } = this;
    this.editor = null;
    await editor?.close();
  }

  connect(gateway: number): void {
    this.disconnect();
    this.#gateway = this.service.gateways[gateway]!;
    this.#connections += 1;
    this.socketId = `${this.userId}-${this.#connections}`;
    this.#hello = {};
    this.#notify();
  }

  disconnect(): void {
    this.#gateway?.members.delete(this);
    this.#gateway = null;
    this.#hello = null;
    this.#notify();
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #connection(): ZonesConnection {
    const client = this;
    const connection = {
      get hello() {
        return client.#hello;
      },
      get state() {
        return { state: client.#gateway === null ? 'offline' : 'online' };
      },
      onState(listener: () => void) {
        client.#listeners.add(listener);
        return () => client.#listeners.delete(listener);
      },
      on() {},
      request: (event: string, payload: never) => client.#request(event, payload),
    };
    return connection as unknown as ZonesConnection;
  }

  async #request(
    event: string,
    payload: { clientId: number; stateVector: Uint8Array; update: Uint8Array },
  ): Promise<unknown> {
    const [gateway, { socketId }] = [this.#gateway, this];
    if (gateway === null) throw lost();
    const isLost = () => this.#gateway !== gateway || this.socketId !== socketId;
    try {
      if (event === 'zones:open') {
        gateway.members.add(this);
        const opened = await gateway.draft.open(payload.stateVector, payload.clientId, this.userId);
        if (isLost()) throw lost();
        return { ...opened, published: null };
      }
      if (event !== 'zones:update') return {};
      const answer = await gateway.draft.submit(this.userId, payload.update, { socketId });
      // The answer may be lost although the update is stored.
      if (isLost()) throw lost();
      return answer;
    } catch (error) {
      if (error instanceof ProtocolError && isCode(error.code)) throw new HexfleetError(error.failure);
      throw error;
    }
  }
}

const lost = () =>
  new HexfleetError({ code: 'UNAVAILABLE', retry: true, message: 'The connection was lost' });
