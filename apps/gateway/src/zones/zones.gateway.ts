import { UseInterceptors } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import {
  type OpenedDraft,
  ProtocolError,
  ZONE_LIMITS,
  type ZonesAwareness,
  type ZonesOpen,
  type ZonesUpdate,
  zonesRoom,
} from '#protocol';
import { AckInterceptor, Hub, type IdentifiedSocket, KeyedQueue, OnRequest, RateLimiter } from '#realtime';
import { orUnavailable, ZoneVersions } from '#store';
import { assertAllFleets, assertRegion } from '../auth/scope.service.js';
import { RoomSubscriptions } from '../fleet/room-subscriptions.js';
import { type Awareness, readAwareness, writeAwareness } from './awareness.js';
import { ZoneDraftsService } from './zone-drafts.service.js';

type DispatchSocket = IdentifiedSocket<'/dispatch'>;

const MAX_OPEN_DRAFTS = 5;
/** Cost of a refused update in updates: the gateway has to load the draft again. */
const REFUSAL_COST = 10;

/** A draft that a socket has open. */
type Opened = { awareness: Awareness };
type Editor = { drafts: Map<string, Opened>; updates: RateLimiter; awareness: RateLimiter };

const limiter = (perSecond: number) => new RateLimiter({ burst: perSecond, perSecond }, Date.now());
const ofRegion = (region: string) => ({ namespace: '/dispatch', room: zonesRoom(region) }) as const;

/** Requests of dispatchers who edit zones together. */
@UseInterceptors(AckInterceptor)
@WebSocketGateway({ namespace: '/dispatch' })
export class ZonesGateway {
  readonly #editors = new WeakMap<DispatchSocket, Editor>();
  readonly #queue = new KeyedQueue();

  constructor(
    private readonly drafts: ZoneDraftsService,
    private readonly versions: ZoneVersions,
    private readonly rooms: RoomSubscriptions,
    private readonly hub: Hub,
  ) {}

  @OnRequest('/dispatch', 'zones:open')
  open(socket: DispatchSocket, { region, clientId, stateVector }: ZonesOpen): Promise<OpenedDraft> {
    assertRegion(socket.data, region);
    return this.#queue.run(socket, async () => {
      const { drafts } = this.#editorOf(socket);
      if (!drafts.has(region) && drafts.size >= MAX_OPEN_DRAFTS) throw new ProtocolError('TOO_MANY_WATCHES');
      if (this.#isOfAnother(socket, region, clientId)) throw new ProtocolError('OTHER_EDITOR');
      // Joined first: what is appended from here on is pushed, and what was before is in the answer.
      await this.rooms.joinWhole(socket, [zonesRoom(region)]);
      const [opened, versions] = await Promise.all([
        this.drafts.of(region).open(stateVector, clientId, socket.data.userId),
        orUnavailable(this.versions.newest()),
      ]).catch((error: unknown) => {
        if (!drafts.has(region)) socket.leave(zonesRoom(region));
        throw error;
      });
      const before = drafts.get(region)?.awareness;
      if (before !== undefined && before.clientId !== clientId) this.#leave(socket, region, before);
      if (before?.clientId !== clientId) {
        drafts.set(region, { awareness: { clientId, clock: 0, state: null } });
        this.hub.emit(ofRegion(region), 'zones:joined', { region }, socket.id);
      }
      return { ...opened, published: versions.find((version) => version.region === region) ?? null };
    });
  }

  @OnRequest('/dispatch', 'zones:update')
  update(socket: DispatchSocket, { region, update }: ZonesUpdate): Promise<{ number: number; at: number }> {
    assertAllFleets(socket.data);
    return this.#queue.run(socket, async () => {
      const { drafts, updates } = this.#editorOf(socket);
      if (!drafts.has(region)) throw new ProtocolError('DRAFT_NOT_OPEN');
      if (!updates.take(Date.now())) throw new ProtocolError('RATE_LIMITED');
      try {
        return await this.drafts.of(region).submit(socket.data.userId, update, { socketId: socket.id });
      } catch (error) {
        if (error instanceof ProtocolError && !error.failure.retry) {
          const now = Date.now();
          updates.take(now, Math.min(REFUSAL_COST - 1, updates.tokens(now)));
        }
        throw error;
      }
    });
  }

  @OnRequest('/dispatch', 'zones:awareness')
  awareness(socket: DispatchSocket, { region, update }: ZonesAwareness): void {
    const { drafts, awareness } = this.#editorOf(socket);
    const opened = drafts.get(region);
    if (opened === undefined) throw new ProtocolError('DRAFT_NOT_OPEN');
    if (!awareness.take(Date.now())) throw new ProtocolError('RATE_LIMITED');
    opened.awareness = readAwareness(update, opened.awareness.clientId);
    this.#send(socket, region, opened.awareness);
  }

  @OnRequest('/dispatch', 'zones:close')
  close(socket: DispatchSocket, { region }: { region: string }): Promise<void> {
    return this.#queue.run(socket, async () => {
      const { drafts } = this.#editorOf(socket);
      const opened = drafts.get(region);
      drafts.delete(region);
      if (opened !== undefined) this.#leave(socket, region, opened.awareness);
      socket.leave(zonesRoom(region));
    });
  }

  /** Whether another user at this gateway has the draft open with a client id, and would be hidden by this one. */
  #isOfAnother(socket: DispatchSocket, region: string, clientId: number): boolean {
    return this.hub
      .localSockets('/dispatch')
      .some(
        (other) =>
          other.data.userId !== socket.data.userId &&
          this.#editors.get(other)?.drafts.get(region)?.awareness.clientId === clientId,
      );
  }

  #editorOf(socket: DispatchSocket): Editor {
    const known = this.#editors.get(socket);
    if (known !== undefined) return known;
    const editor: Editor = {
      drafts: new Map(),
      updates: limiter(ZONE_LIMITS.updatesPerS),
      awareness: limiter(ZONE_LIMITS.awarenessPerS),
    };
    this.#editors.set(socket, editor);
    socket.once('disconnect', () => {
      for (const [region, { awareness }] of editor.drafts) this.#leave(socket, region, awareness);
    });
    return editor;
  }

  /** Notifies the other editors that one has left, instead of letting them find out after half a minute. */
  #leave(socket: DispatchSocket, region: string, { clientId, clock }: Awareness): void {
    this.#send(socket, region, { clientId, clock: clock + 1, state: null });
  }

  #send({ id, data }: DispatchSocket, region: string, awareness: Awareness): void {
    const update = writeAwareness(awareness, data.userId);
    this.hub.emit(ofRegion(region), 'zones:awareness', { region, update }, id);
  }
}
