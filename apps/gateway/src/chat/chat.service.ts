import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import {
  type ChatAbout,
  type ChatHistory,
  type ChatMark,
  type ChatMessage,
  type ChatPage,
  type ChatSend,
  type ChatTyping,
  DAY_MS,
  isOpen,
  type Party,
  ProtocolError,
  type Pushed,
  type PushOf,
  TYPING_MS,
  userRoom,
} from '#protocol';
import { Hub } from '#realtime';
import { Chats, clock, orUnavailable, Trips } from '#store';
import { type Actor, assertInScope, partyOf, type TripRecord } from '#trips';
import { AuditService } from '../audit/audit.service.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { NotificationsService } from '../notifications/notifications.service.js';

/** Maximum characters of a message that a notification shows. */
const MAX_PREVIEW = 200;

type Both = `/${Party}`;
type ChatPush = Extract<PushOf<Both>, `chat${string}`>;

/** Chats of trips: access, storage and delivery. Each call checks the current state of the trip. */
@Injectable()
export class ChatService {
  constructor(
    private readonly trips: Trips,
    private readonly chats: Chats,
    private readonly audit: AuditService,
    private readonly hub: Hub,
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: GatewayMetrics,
    private readonly notifications: NotificationsService,
  ) {}

  /**
   * Stores and delivers a message. A repeated one gets the same answer and is delivered again, because the gateway that
   * stored it may have died before it delivered it.
   * @throws {ProtocolError} NOT_YOUR_TRIP, BAD_STATE until a driver has accepted, TRIP_OVER, IDEMPOTENCY_KEY_REUSED, CHAT_FULL,
   * RATE_LIMITED
   */
  async send(by: Actor, { tripId, ...content }: ChatSend): Promise<{ message: ChatMessage }> {
    const { trip, role } = await this.#own(by, tripId);
    const over = closed(trip);
    const message = await orUnavailable(this.chats.send(trip, role, content, over === null));
    if (message === null) throw over;
    this.metrics.chatMessages.inc({ from: role });
    this.#notifyBoth(trip, 'chat', message);
    await this.#notifyAway(trip, message);
    return { message };
  }

  /**
   * Returns a page of the chat. Reads by dispatch are recorded in the audit log.
   * @throws {ProtocolError} NOT_YOUR_TRIP; SUPPORT_ACCESS_OFF for dispatch
   */
  async history(by: Actor, { tripId, ...page }: ChatHistory): Promise<ChatPage> {
    if (by.role === 'rider' || by.role === 'driver') {
      const { trip, role } = await this.#own(by, tripId);
      // The node subscribes before it reads the page, so no message falls in between.
      await this.hub.subscribed(`/${role}`, [userRoom(by.userId)]);
      return orUnavailable(this.chats.page(trip, page, role));
    }
    if (!this.config.supportAccess) throw new ProtocolError('SUPPORT_ACCESS_OFF');
    const trip = await orUnavailable(this.trips.get(tripId));
    assertInScope(trip, by);
    await this.audit.record(by, 'chat:history', { tripId });
    return orUnavailable(this.chats.page(trip, page, null));
  }

  /** Records that messages up to `seq` were delivered or read. @throws {ProtocolError} NOT_YOUR_TRIP */
  async mark(by: Actor, what: 'delivered' | 'read', { tripId, seq }: ChatMark): Promise<{ unread: number }> {
    const { trip, role } = await this.#own(by, tripId);
    const { receipt, isNew, unread } = await orUnavailable(this.chats.mark(trip, role, what, seq));
    if (isNew) this.#notifyBoth(trip, 'chat:receipt', receipt);
    return { unread };
  }

  /**
   * Notifies the other party that this one is typing.
   * @throws {ProtocolError} NOT_YOUR_TRIP, BAD_STATE until a driver has accepted, TRIP_OVER
   */
  async typing(by: Actor, { tripId }: ChatAbout): Promise<void> {
    const { trip, role } = await this.#own(by, tripId);
    const over = closed(trip);
    if (over !== null) throw over;
    if (!(await orUnavailable(this.chats.types(tripId, role)))) return;
    const typing: ChatTyping = { tripId, from: by.userId, until: clock.now() + TYPING_MS };
    this.#notify(trip, role === 'rider' ? 'driver' : 'rider', 'chat:typing', typing);
  }

  /** Notifies the other party if its app is closed. */
  async #notifyAway({ id: tripId, riderId, driverId }: TripRecord, message: ChatMessage): Promise<void> {
    const user =
      message.role === 'rider'
        ? ({ role: 'driver', userId: driverId! } as const)
        : ({ role: 'rider', userId: riderId } as const);
    await this.notifications.notify(user, {
      id: `message ${tripId} ${message.seq}`,
      kind: 'message',
      content: { tripId, text: [...message.text].slice(0, MAX_PREVIEW).join('') },
      at: message.at,
      expiresAt: message.at + DAY_MS,
    });
  }

  async #own(by: Actor, tripId: string): Promise<{ trip: TripRecord; role: Party }> {
    const trip = await orUnavailable(this.trips.get(tripId));
    return { trip, role: partyOf(trip, by) };
  }

  #notifyBoth<E extends ChatPush>(trip: TripRecord, event: E, payload: Pushed<Both, E>): void {
    this.#notify(trip, 'rider', event, payload);
    this.#notify(trip, 'driver', event, payload);
  }

  /** Sends to all devices of a party, on all nodes. */
  #notify<E extends ChatPush>(
    { riderId, driverId }: TripRecord,
    to: Party,
    event: E,
    payload: Pushed<Both, E>,
  ): void {
    const userId = to === 'rider' ? riderId : driverId;
    const namespace: Both = `/${to}`;
    if (userId !== null) this.hub.emit({ namespace, room: userRoom(userId) }, event, payload);
  }
}

/** Returns why the chat of a trip accepts no messages; null while it does. */
function closed({ state, driverId }: TripRecord): ProtocolError | null {
  if (!isOpen(state)) return new ProtocolError('TRIP_OVER');
  return driverId === null ? new ProtocolError('BAD_STATE', `it is ${state}`) : null;
}
