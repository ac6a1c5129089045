import { type Party, QUICK_REPLIES, type QuickReply } from '#sdk';
import { plural } from '../i18n/plural.js';
import { textFor } from '../i18n/text-for.js';

/** Texts of the chat. */
export const TEXTS = {
  title: { rider: 'Chat with your driver', driver: 'Chat with your rider' },
  partner: { rider: 'Your driver', driver: 'Your rider' },
  you: 'You',
  log: 'Messages',
  close: 'Close chat',
  online: 'Online',
  offline: 'Offline',
  lastSeen: (age: string) => `Last seen ${age} ago`,
  typing: 'Typing…',
  empty: {
    rider: 'Tell your driver where you are, or ask where the car is.',
    driver: 'Tell your rider that you’ve arrived, or ask where to stop.',
  },
  older: 'Show earlier messages',
  loading: 'Loading',
  quickReplies: 'Quick replies',
  write: 'Write a message',
  send: 'Send',
  remaining: (characters: number) =>
    characters >= 0
      ? plural(characters, { one: '1 character left', other: '# characters left' })
      : plural(-characters, { one: '1 character over the limit', other: '# characters over the limit' }),
  connectionLost: 'No connection. Your messages will be sent when you’re back online.',
  over: 'This trip has ended. You can still read the chat.',
  receipts: { waiting: 'Waiting to send', sent: 'Sent', delivered: 'Delivered', read: 'Read' },
  retry: 'Try again',
  discard: 'Delete',
} as const;

/** Reason why a message was not sent, by the error code. */
export const REFUSALS = {
  other: 'Not sent.',
  TEXT_TOO_LONG: 'Not sent. Messages can have up to 2,000 characters.',
  EMPTY_TEXT: 'Not sent. The message is empty.',
  RATE_LIMITED: 'Not sent. Too many messages at once. Wait a moment.',
  CHAT_FULL: 'Not sent. This chat is full.',
  TRIP_OVER: 'Not sent. The trip has ended.',
  BAD_STATE: 'Not sent. Nobody else is on this trip yet.',
  NOT_YOUR_TRIP: 'Not sent. You’re not part of this trip.',
} as const;

export const refusalText = (code: string): string => textFor(REFUSALS, code);

const OFFERED: Record<Party, readonly QuickReply[]> = {
  rider: ['coming_out', 'at_the_entrance', 'where_are_you', 'two_minutes', 'ok', 'thanks'],
  driver: ['on_my_way', 'here', 'where_are_you', 'traffic', 'two_minutes', 'ok'],
};

/** Quick replies in the language of whoever sends them. */
export const REPLIES: Record<QuickReply, string> = { ...QUICK_REPLIES };

export const quickReplies = (role: Party): string[] => OFFERED[role].map((key) => REPLIES[key]);
