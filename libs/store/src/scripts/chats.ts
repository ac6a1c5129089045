import { PARTIES, type Party } from '#protocol';
import { keys } from '../keys.js';
import { script, succeeded } from './script.js';

type OfTrip = { tripId: string };
export type ChatEntry = [streamId: string, fields: string[]];
/** Number of messages up to a point of a chat, and how many of them are the rider's. */
export type ChatCount = { all: number; riders: number };
/** The last messages that were delivered to and read by a party, the count at the latter, and the last change, epoch ms. */
export type StoredReceipt = { delivered: number; read: ChatCount; at: number };

const chat = ({ tripId }: OfTrip) => keys.chat(tripId);

type SendChat = OfTrip & {
  role: Party;
  id: string;
  text: string;
  isOpen: boolean;
  maxMessages: number;
  burst: number;
  perSecond: number;
  ttlS: number;
};
type SendReply =
  | [seq: number, at: number]
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'CHAT_FULL'
  | 'RATE_LIMITED'
  | 'CLOSED';

/** Adds a message once. Returns its seq and time, or why it was refused; `CLOSED` if the chat takes no new messages. */
export const sendChat = script('send-chat-2', {
  keys: chat,
  args: ({ role, id, text, isOpen, maxMessages, burst, perSecond, ttlS }: SendChat) => [
    role,
    id,
    text,
    isOpen ? 1 : 0,
    maxMessages,
    burst,
    perSecond,
    ttlS,
  ],
  result: (reply: SendReply) => (typeof reply === 'string' ? reply : { seq: reply[0], at: reply[1] }),
});

type MarkChat = OfTrip & { role: Party; what: 'delivered' | 'read'; seq: number };
type MarkReply = [
  isNew: number,
  all: number,
  riders: number,
  delivered: number,
  read: number,
  readRiders: number,
  at: number,
];

/** Stores what was delivered to or read by a party. `isNew` is false if it had been stored before. */
export const markChat = script('mark-chat-2', {
  keys: chat,
  args: ({ role, what, seq }: MarkChat) => [role, what, seq],
  result: ([isNew, all, riders, ...mark]: MarkReply) => ({
    isNew: succeeded(isNew),
    total: { all, riders } satisfies ChatCount,
    mark: markOf(mark),
  }),
});

/** @param from @param to inclusive; null for the end @param oldestFirst whether `limit` counts from the oldest message */
type ReadChat = OfTrip & { from: number; to: number | null; limit: number; oldestFirst: boolean };
type ReadReply = [entries: ChatEntry[], all: number, riders: number, ...marks: number[]];

/** Reads a page of a chat, and the marks of both parties. */
export const readChat = script('read-chat-2', {
  keys: chat,
  args: ({ from, to, limit, oldestFirst }: ReadChat) => [
    from,
    to ?? '+',
    limit,
    oldestFirst ? 1 : 0,
    ...PARTIES,
  ],
  result: ([entries, all, riders, ...marks]: ReadReply) => ({
    entries,
    total: { all, riders } satisfies ChatCount,
    marks: PARTIES.map((role, i) => ({ role, ...markOf(marks.slice(4 * i)) })),
  }),
});

const markOf = (numbers: number[]): StoredReceipt => {
  const [delivered, read, readRiders, at] = numbers as [number, number, number, number];
  return { delivered, read: { all: read, riders: readRiders }, at };
};
