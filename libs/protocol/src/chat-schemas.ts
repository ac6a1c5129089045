import { z } from 'zod';
import { MAX_CHAT_PAGE, MAX_TEXT_LENGTH } from './chat.js';
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
