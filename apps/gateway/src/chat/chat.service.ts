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
  isOpen,
  type Party,
  ProtocolError,
  type Pushed,
  type PushOf,
  TYPING_MS,
  userRoom,
} from '#protocol';
import { Hub } from '#realtime';
import { Audit, Chats, orUnavailable, Trips } from '#store';
import { type Actor, partyOf, type TripRecord } from '#trips';

type Both = `/${Party}`;
type ChatPush = Extract<PushOf<Both>, `chat${string}`>;

/** The chats of trips: who may say and read what, and who is told. Each call looks at the trip as it is now. */
@Injectable()
export class ChatService {
  constructor(
    private readonly trips: Trips,
    private readonly chats: Chats,
    private readonly audit: Audit,
    private readonly hub: Hub,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The same message again is answered, and told, as the first time: who took it may have died before it told anybody.
   * @throws {ProtocolError} NOT_YOUR_TRIP, BAD_STATE until a driver has accepted, TRIP_OVER, IDEMPOTENCY_KEY_REUSED, CHAT_FULL,
   * RATE_LIMITED
   */
  async send(by: Actor, { tripId, ...content }: ChatSend): Promise<{ message: ChatMessage }> {
    const { trip, role } = await this.#own(by, tripId);
    const over = closed(trip);
    const message = await orUnavailable(this.chats.send(trip, role, content, over === null));
    if (message === null) throw over;
    this.#notifyBoth(trip, 'chat', message);
    return { message };
  }

  /** @throws {ProtocolError} NOT_YOUR_TRIP; SUPPORT_ACCESS_OFF to dispatch, whose look is written down otherwise */
  async history(by: Actor, { tripId, ...page }: ChatHistory): Promise<ChatPage> {
    if (by.role === 'rider' || by.role === 'driver') {
      const { trip, role } = await this.#own(by, tripId);
      // Pushes reach this node from before the page on, so nothing falls in between.
      await this.hub.subscribed(`/${role}`, [userRoom(by.userId)]);
      return orUnavailable(this.chats.page(trip, page, role));
    }
    if (!this.config.supportAccess) throw new ProtocolError('SUPPORT_ACCESS_OFF');
    const trip = await orUnavailable(this.trips.get(tripId));
    const { userId, role } = by;
    await orUnavailable(this.audit.add({ at: Date.now(), by: userId, role, action: 'chat:history', tripId }));
    return orUnavailable(this.chats.page(trip, page, null));
  }

  /** @throws {ProtocolError} NOT_YOUR_TRIP */
  async mark(by: Actor, what: 'delivered' | 'read', { tripId, seq }: ChatMark): Promise<{ unread: number }> {
    const { trip, role } = await this.#own(by, tripId);
    const { receipt, isNew, unread } = await orUnavailable(this.chats.mark(trip, role, what, seq));
    if (isNew) this.#notifyBoth(trip, 'chat:receipt', receipt);
    return { unread };
  }

  /** @throws {ProtocolError} NOT_YOUR_TRIP, BAD_STATE until a driver has accepted, TRIP_OVER */
  async typing(by: Actor, { tripId }: ChatAbout): Promise<void> {
    const { trip, role } = await this.#own(by, tripId);
    const over = closed(trip);
    if (over !== null) throw over;
    if (!(await orUnavailable(this.chats.types(tripId, role)))) return;
    const typing: ChatTyping = { tripId, from: by.userId, until: Date.now() + TYPING_MS };
    this.#notify(trip, role === 'rider' ? 'driver' : 'rider', 'chat:typing', typing);
  }

  async #own(by: Actor, tripId: string): Promise<{ trip: TripRecord; role: Party }> {
    const trip = await orUnavailable(this.trips.get(tripId));
    return { trip, role: partyOf(trip, by) };
  }

  #notifyBoth<E extends ChatPush>(trip: TripRecord, event: E, payload: Pushed<Both, E>): void {
    this.#notify(trip, 'rider', event, payload);
    this.#notify(trip, 'driver', event, payload);
  }

  /** All devices of a party, on whatever nodes. */
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

/** Why nothing new may be said in the chat of a trip; null while it may. */
function closed({ state, driverId }: TripRecord): ProtocolError | null {
  if (!isOpen(state)) return new ProtocolError('TRIP_OVER');
  return driverId === null ? new ProtocolError('BAD_STATE', `it is ${state}`) : null;
}
