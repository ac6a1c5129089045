import { z } from 'zod';
import { Id } from './schemas.js';

/** In code points. */
export const MAX_TEXT_LENGTH = 2_000;
export const MAX_MESSAGES_PER_TRIP = 1_000;
export const MAX_CHAT_PAGE = 100;
const CHAT_PAGE = 50;
/** How long it is shown that somebody types, unless it is said again. */
export const TYPING_MS = 5_000;
/** More often than this it is not passed on. */
export const TYPING_EVERY_MS = 2_000;

/** Those who talk in the chat of a trip. */
export const PARTIES = ['rider', 'driver'] as const;
export type Party = (typeof PARTIES)[number];

export type ChatMessage = {
  tripId: string;
  /** its place in the chat, from 1 on, without gaps, the same for everybody */
  seq: number;
  /** the sender's own; no other message of this sender in this chat has it */
  id: string;
  from: string;
  role: Party;
  text: string;
  /** epoch ms by the clock of the store */
  at: number;
};

/** Up to which `seq` somebody has got the messages, and has read them; neither ever goes back. */
export type ChatReceipt = {
  tripId: string;
  by: string;
  role: Party;
  delivered: number;
  read: number;
  /** epoch ms of the last change */
  at: number;
};

/** Shown until `until`, epoch ms; told to the partner only and stored nowhere. */
export type ChatTyping = { tripId: string; from: string; until: number };

/**
 * A page of a chat in order of `seq`. A party without a receipt has got nothing yet.
 * `unread` counts the partner's messages that the caller has not read; 0 for dispatch.
 */
export type ChatPage = { messages: ChatMessage[]; receipts: ChatReceipt[]; unread: number };

/** Texts for apps to offer; sent like any other. */
export const QUICK_REPLIES = {
  on_my_way: "I'm on my way",
  here: "I'm here",
  where_are_you: 'Where are you?',
  two_minutes: "I'll be there in two minutes",
  running_late: "I'm running a few minutes late",
  traffic: "I'm in heavy traffic",
  coming_out: "I'm coming out now",
  at_the_entrance: "I'm at the entrance",
  call_me: 'Please call me',
  ok: 'OK',
  thanks: 'Thank you',
} as const;
export type QuickReply = keyof typeof QUICK_REPLIES;

/**
 * A text as it is kept: NFC, lines ended by `\n`, a tab as a space, other control characters and space at both ends
 * left out. A half of a surrogate pair becomes U+FFFD, as it would in UTF-8.
 */
export const plainText = (text: string): string =>
  text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/(?!\n)\p{Cc}/gu, '')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .normalize('NFC')
    .trim();

/** Format characters alone, such as a zero-width space, show nothing. */
const isVisible = (text: string): boolean => /[^\p{Z}\p{Cc}\p{Cf}]/u.test(text);

const REQUEST = { error: 'BAD_REQUEST' };
const SEQ = { error: 'BAD_SEQ' };
const LIMIT = { error: 'BAD_LIMIT' };

const Text = z
  .string(REQUEST)
  .transform(plainText)
  .refine(isVisible, { error: 'EMPTY_TEXT', abort: true })
  .refine((text) => [...text].length <= MAX_TEXT_LENGTH, { error: 'TEXT_TOO_LONG' });

const Seq = z.int(SEQ).min(0, SEQ);

export const ChatSend = z.object({ tripId: Id, id: Id, text: Text }, REQUEST);
export type ChatSend = z.infer<typeof ChatSend>;

/** Neither `before` nor `after`: the newest messages. With `after`, the ones that follow it, the oldest first. */
export const ChatHistory = z.object(
  {
    tripId: Id,
    before: Seq.min(1, SEQ).optional(),
    after: Seq.optional(),
    limit: z.int(LIMIT).min(1, LIMIT).max(MAX_CHAT_PAGE, LIMIT).default(CHAT_PAGE),
  },
  REQUEST,
);
export type ChatHistory = z.infer<typeof ChatHistory>;

/** Up to which message; beyond the last one, it is the last one. */
export const ChatMark = z.object({ tripId: Id, seq: Seq }, REQUEST);
export type ChatMark = z.infer<typeof ChatMark>;

export const ChatAbout = z.object({ tripId: Id }, REQUEST);
export type ChatAbout = z.infer<typeof ChatAbout>;
