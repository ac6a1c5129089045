import { z } from 'zod';
import { MAX_CHAT_PAGE, MAX_TEXT_LENGTH, PARTIES } from './chat.js';
import { Id } from './schemas.js';

const CHAT_PAGE = 50;

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

export const ChatMessage = z.object({
  /** whose chat it is in */
  tripId: z.string(),
  /** its place in the chat, from 1 on, without gaps, the same for everybody */
  seq: z.number(),
  /** the sender's own; no other message of this sender in this chat has it */
  id: z.string(),
  /** who sent it */
  from: z.string(),
  /** as whom */
  role: z.enum(PARTIES),
  /** plain text in NFC, of 1 to 2,000 code points */
  text: z.string(),
  /** epoch ms by the clock of the store */
  at: z.number(),
});
/** A message as it is stored. */
export type ChatMessage = z.infer<typeof ChatMessage>;

export const ChatReceipt = z.object({
  /** whose chat it is of */
  tripId: z.string(),
  /** who got and read them */
  by: z.string(),
  /** as whom */
  role: z.enum(PARTIES),
  /** `seq` of the last message that it has got; 0 for none */
  delivered: z.number(),
  /** `seq` of the last message that it has read; 0 for none */
  read: z.number(),
  /** epoch ms of the last change */
  at: z.number(),
});
/** Up to which `seq` somebody has got the messages, and has read them; neither ever goes back. */
export type ChatReceipt = z.infer<typeof ChatReceipt>;

export const ChatTyping = z.object({
  /** in whose chat */
  tripId: z.string(),
  /** who */
  from: z.string(),
  /** it is shown until then, unless it comes again, epoch ms */
  until: z.number(),
});
/** Somebody types; told to the partner only and stored nowhere. */
export type ChatTyping = z.infer<typeof ChatTyping>;

export const ChatPage = z.object({
  /** in order of `seq` */
  messages: z.array(ChatMessage),
  /** of those who have got anything yet */
  receipts: z.array(ChatReceipt),
  /** messages of the partner that the caller has not read; of dispatch none */
  unread: z.number(),
});
/**
 * A page of a chat in order of `seq`. A party without a receipt has got nothing yet.
 * `unread` counts the partner's messages that the caller has not read; 0 for dispatch.
 */
export type ChatPage = z.infer<typeof ChatPage>;
