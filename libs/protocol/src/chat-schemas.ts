import { z } from 'zod';
import { MAX_CHAT_PAGE, MAX_TEXT_LENGTH, PARTIES } from './chat.js';
import { Id } from './schemas.js';
import { plainText } from './text.js';

const CHAT_PAGE = 50;

/** Whether a text has a visible character; format characters, such as a zero-width space, are invisible. */
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

/** Query of a chat page. Without `before` and `after`: the newest messages. With `after`: those that follow it, oldest first. */
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

/** Number of the last message received or read; a number beyond the last message means the last one. */
export const ChatMark = z.object({ tripId: Id, seq: Seq }, REQUEST);
export type ChatMark = z.infer<typeof ChatMark>;

export const ChatAbout = z.object({ tripId: Id }, REQUEST);
export type ChatAbout = z.infer<typeof ChatAbout>;

export const ChatMessage = z.object({
  /** trip of the chat */
  tripId: z.string(),
  /** position in the chat, from 1, without gaps, the same for everybody */
  seq: z.number(),
  /** id chosen by the sender, unique among the sender's messages in this chat */
  id: z.string(),
  /** user who sent the message */
  from: z.string(),
  /** role of the sender */
  role: z.enum(PARTIES),
  /** plain text in NFC, 1 to 2,000 code points */
  text: z.string(),
  /** epoch ms by the clock of the store */
  at: z.number(),
});
/** Chat message as stored. */
export type ChatMessage = z.infer<typeof ChatMessage>;

export const ChatReceipt = z.object({
  /** trip of the chat */
  tripId: z.string(),
  /** user who received and read the messages */
  by: z.string(),
  /** role of that user */
  role: z.enum(PARTIES),
  /** `seq` of the last delivered message; 0 for none */
  delivered: z.number(),
  /** `seq` of the last read message; 0 for none */
  read: z.number(),
  /** epoch ms of the last change */
  at: z.number(),
});
/** Delivery and read receipt of one party; neither number ever decreases. */
export type ChatReceipt = z.infer<typeof ChatReceipt>;

export const ChatTyping = z.object({
  /** trip of the chat */
  tripId: z.string(),
  /** user who is typing */
  from: z.string(),
  /** time until which to show it, unless it is sent again, epoch ms */
  until: z.number(),
});
/** Typing indicator; sent only to the partner and never stored. */
export type ChatTyping = z.infer<typeof ChatTyping>;

export const ChatPage = z.object({
  /** in order of `seq` */
  messages: z.array(ChatMessage),
  /** receipts of the parties that have received anything yet */
  receipts: z.array(ChatReceipt),
  /** number of the partner's messages that the caller has not read; 0 for dispatch */
  unread: z.number(),
});
/** One page of a chat. A party without a receipt has received nothing yet. */
export type ChatPage = z.infer<typeof ChatPage>;
