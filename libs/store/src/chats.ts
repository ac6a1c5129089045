import {
  type ChatHistory,
  type ChatMessage,
  type ChatPage,
  type ChatReceipt,
  type ChatSend,
  MAX_MESSAGES_PER_TRIP,
  PARTIES,
  type Party,
  ProtocolError,
  TYPING_EVERY_MS,
} from '#protocol';
import type { TripRecord } from '#trips';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { withScripts } from './scripts.js';
import { TRIP_TTL_S } from './trips.js';

/** One sender in one chat, on whatever node: so many at once, and so many a second for long. */
const BURST = 10;
const PER_SECOND = 1;

/** The trip whose chat it is. */
type Of = Pick<TripRecord, 'id' | 'riderId' | 'driverId'>;

type Entry = [streamId: string, fields: string[]];
/** How many messages there are up to some point, and how many of them are the rider's. */
type Count = { all: number; riders: number };

/** The chats of trips, each kept as long as its trip. A message's `seq` is the first part of its id in the stream. */
export class Chats {
  readonly #redis: RedisClient;
  readonly #scripts: ReturnType<typeof withScripts>;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#scripts = withScripts(redis);
  }

  /**
   * Stores a message; the same one again is answered as the first time.
   * @param isOpen whether new messages are taken
   * @returns null for a new message where none are taken
   * @throws {ProtocolError} IDEMPOTENCY_KEY_REUSED, CHAT_FULL, RATE_LIMITED
   */
  async send(trip: Of, role: Party, { id, text }: Omit<ChatSend, 'tripId'>, isOpen: boolean) {
    const stored = (await this.#scripts.sendChat(
      ...keys.chat(trip.id),
      role,
      id,
      text,
      isOpen ? 1 : 0,
      MAX_MESSAGES_PER_TRIP,
      BURST,
      PER_SECOND,
      TRIP_TTL_S,
    )) as [seq: number, at: number] | 'IDEMPOTENCY_KEY_REUSED' | 'CHAT_FULL' | 'RATE_LIMITED' | 'CLOSED';
    if (stored === 'CLOSED') return null;
    if (typeof stored === 'string') throw new ProtocolError(stored);
    const [seq, at] = stored;
    return { tripId: trip.id, seq, id, from: userOf(trip, role), role, text, at } satisfies ChatMessage;
  }

  /** @param reader whose unread messages are counted; null for somebody who is not of the trip */
  async page(
    trip: Of,
    { before, after, limit }: Omit<ChatHistory, 'tripId'>,
    reader: Party | null,
  ): Promise<ChatPage> {
    const [entries, all, riders, ...marks] = (await this.#scripts.readChat(
      ...keys.chat(trip.id),
      (after ?? 0) + 1,
      before === undefined ? '+' : before - 1,
      limit,
      after === undefined ? 0 : 1,
      ...PARTIES,
    )) as [Entry[], number, number, ...number[]];
    const page: ChatPage = {
      messages: entries.map((entry) => messageOf(trip, entry)),
      receipts: [],
      unread: 0,
    };
    if (after === undefined) page.messages.reverse();
    for (const [i, role] of PARTIES.entries()) {
      const [delivered, read, readRiders, at] = marks.slice(4 * i) as [number, number, number, number];
      if (delivered > 0) page.receipts.push(receiptOf(trip, role, delivered, read, at));
      if (role === reader) page.unread = unread(role, { all, riders }, { all: read, riders: readRiders });
    }
    return page;
  }

  /** @returns what the party has got and read now, and whether that is new */
  async mark(
    trip: Of,
    role: Party,
    what: 'delivered' | 'read',
    seq: number,
  ): Promise<{ receipt: ChatReceipt; isNew: boolean; unread: number }> {
    const [isNew, all, riders, delivered, read, readRiders, at] = (await this.#scripts.markChat(
      ...keys.chat(trip.id),
      role,
      what,
      seq,
    )) as [number, number, number, number, number, number, number];
    return {
      receipt: receiptOf(trip, role, delivered, read, at),
      isNew: isNew === 1,
      unread: unread(role, { all, riders }, { all: read, riders: readRiders }),
    };
  }

  /** @returns whether it is to be passed on now: every two seconds at most, from all devices of the party */
  async types(tripId: string, role: Party): Promise<boolean> {
    return (await this.#redis.set(keys.typing(tripId, role), '1', 'PX', TYPING_EVERY_MS, 'NX')) !== null;
  }
}

/** Nobody is a party as a driver before one has accepted. */
const userOf = ({ riderId, driverId }: Of, role: Party): string => (role === 'rider' ? riderId : driverId!);

const receiptOf = (trip: Of, role: Party, delivered: number, read: number, at: number): ChatReceipt => ({
  tripId: trip.id,
  by: userOf(trip, role),
  role,
  delivered,
  read,
  at,
});

function messageOf(trip: Of, [streamId, fields]: Entry): ChatMessage {
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

/** The partner's messages that a party has not read. */
function unread(role: Party, total: Count, read: Count): number {
  const riders = total.riders - read.riders;
  return role === 'driver' ? riders : total.all - read.all - riders;
}
