import {
  type ChatHistory,
  type ChatMessage,
  type ChatPage,
  type ChatReceipt,
  type ChatSend,
  MAX_MESSAGES_PER_TRIP,
  type Party,
  ProtocolError,
  TYPING_EVERY_MS,
} from '#protocol';
import type { TripRecord } from '#trips';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import {
  type ChatCount,
  type ChatEntry,
  markChat,
  readChat,
  type StoredReceipt,
  sendChat,
} from './scripts/chats.js';
import { TRIP_TTL_S } from './trips.js';

/** Token bucket of each sender in each chat, shared by all nodes: `BURST` tokens, refilled at `PER_SECOND`. */
const BURST = 10;
const PER_SECOND = 1;

/** The trip that a chat belongs to. */
type ChatTrip = Pick<TripRecord, 'id' | 'riderId' | 'driverId'>;

/** The chats of trips, each stored at most as long as its trip. The `seq` of a message is the first part of its stream id. */
export class Chats {
  constructor(
    private readonly redis: RedisClient,
    /** lifetime after the last message, s */
    private readonly ttlS = TRIP_TTL_S,
  ) {}

  /**
   * Stores a message once: a repeated request gets the stored message.
   * @param isOpen whether the chat takes new messages
   * @returns null for a new message in a chat that takes none
   * @throws {ProtocolError} IDEMPOTENCY_KEY_REUSED, CHAT_FULL, RATE_LIMITED
   */
  async send(trip: ChatTrip, role: Party, { id, text }: Omit<ChatSend, 'tripId'>, isOpen: boolean) {
    const stored = await sendChat(this.redis, {
      tripId: trip.id,
      role,
      id,
      text,
      isOpen,
      maxMessages: MAX_MESSAGES_PER_TRIP,
      burst: BURST,
      perSecond: PER_SECOND,
      ttlS: this.ttlS,
    });
    if (stored === 'CLOSED') return null;
    if (typeof stored === 'string') throw new ProtocolError(stored);
    const { seq, at } = stored;
    return { tripId: trip.id, seq, id, from: userOf(trip, role), role, text, at } satisfies ChatMessage;
  }

  /** Reads a page of messages. @param reader the party whose unread messages are counted; null if not of the trip */
  async page(
    trip: ChatTrip,
    { before, after, limit }: Omit<ChatHistory, 'tripId'>,
    reader: Party | null,
  ): Promise<ChatPage> {
    const { entries, total, marks } = await readChat(this.redis, {
      tripId: trip.id,
      from: (after ?? 0) + 1,
      to: before === undefined ? null : before - 1,
      limit,
      oldestFirst: after !== undefined,
    });
    const page: ChatPage = {
      messages: entries.map((entry) => messageOf(trip, entry)),
      receipts: [],
      unread: 0,
    };
    if (after === undefined) page.messages.reverse();
    for (const { role, ...mark } of marks) {
      if (mark.delivered > 0) page.receipts.push(receiptOf(trip, role, mark));
      if (role === reader) page.unread = unread(role, total, mark.read);
    }
    return page;
  }

  /** Stores that messages up to `seq` were delivered or read. @returns the receipt of the party; `isNew` if it has changed */
  async mark(
    trip: ChatTrip,
    role: Party,
    what: 'delivered' | 'read',
    seq: number,
  ): Promise<{ receipt: ChatReceipt; isNew: boolean; unread: number }> {
    const { isNew, total, mark } = await markChat(this.redis, { tripId: trip.id, role, what, seq });
    return { receipt: receiptOf(trip, role, mark), isNew, unread: unread(role, total, mark.read) };
  }

  /** @returns whether to forward the typing indicator now: at most every two seconds, for all devices of the party */
  async types(tripId: string, role: Party): Promise<boolean> {
    return (await this.redis.set(keys.typing(tripId, role), '1', 'PX', TYPING_EVERY_MS, 'NX')) !== null;
  }
}

/** The user of a role. There is a driver: nobody has that role before a driver has accepted. */
const userOf = ({ riderId, driverId }: ChatTrip, role: Party): string =>
  role === 'rider' ? riderId : driverId!;

const receiptOf = (trip: ChatTrip, role: Party, { delivered, read, at }: StoredReceipt): ChatReceipt => ({
  tripId: trip.id,
  by: userOf(trip, role),
  role,
  delivered,
  read: read.all,
  at,
});

function messageOf(trip: ChatTrip, [streamId, fields]: ChatEntry): ChatMessage {
  const [, role, , id, , text, , at] = fields as [
    string,
    Party,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const seq = Number.parseInt(streamId, 10);
  return { tripId: trip.id, seq, id, from: userOf(trip, role), role, text, at: Number(at) };
}

/** Number of the partner's messages that a party has not read. */
function unread(role: Party, total: ChatCount, read: ChatCount): number {
  const riders = total.riders - read.riders;
  return role === 'driver' ? riders : total.all - read.all - riders;
}
