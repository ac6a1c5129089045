import { type Party, QUICK_REPLIES, type QuickReply } from '#sdk';

/** Every word of the chat, in one place. */
export const TEXTS = {
  title: { rider: 'Chat with your driver', driver: 'Chat with your rider' },
  partner: { rider: 'Your driver', driver: 'Your rider' },
  you: 'You',
  log: 'Messages',
  close: 'Close the chat',
  online: 'Online',
  offline: 'Not connected',
  lastSeen: (age: string) => `Last seen ${age} ago`,
  types: 'Typing',
  empty: {
    rider: 'Say where you stand, or ask where the car is.',
    driver: 'Tell your rider that you are there, or ask where to stop.',
  },
  older: 'Show earlier messages',
  loading: 'Loading',
  quickReplies: 'Quick replies',
  write: 'Write a message',
  send: 'Send',
  left: (characters: number) =>
    characters >= 0 ? `${characters} characters left` : `${-characters} characters too many`,
  lineDown: 'No connection. Messages wait here and go out by themselves.',
  over: 'The trip is over. You can still read what was said.',
  marks: { waiting: 'Waiting to be sent', sent: 'Sent', delivered: 'Delivered', read: 'Read' },
  retry: 'Try again',
  discard: 'Discard',
} as const;

/** Why a message was not sent, by the code of the refusal. */
const REFUSALS: Readonly<Record<string, string>> = {
  TEXT_TOO_LONG: 'Not sent: a message has at most 2,000 characters.',
  EMPTY_TEXT: 'Not sent: there is nothing to read in it.',
  RATE_LIMITED: 'Not sent: too many messages at once. Wait a moment.',
  CHAT_FULL: 'Not sent: this chat is full.',
  TRIP_OVER: 'Not sent: the trip is over.',
  BAD_STATE: 'Not sent: there is nobody on this trip to write to yet.',
  NOT_YOUR_TRIP: 'Not sent: this chat belongs to someone else.',
};

export const refusalText = (code: string): string => REFUSALS[code] ?? 'Not sent.';

const OFFERED: Record<Party, readonly QuickReply[]> = {
  rider: ['coming_out', 'at_the_entrance', 'where_are_you', 'two_minutes', 'ok', 'thanks'],
  driver: ['on_my_way', 'here', 'where_are_you', 'traffic', 'two_minutes', 'ok'],
};

export const quickReplies = (role: Party): string[] => OFFERED[role].map((key) => QUICK_REPLIES[key]);
