/** Of a message, in code points. */
export const MAX_TEXT_LENGTH = 2_000;
export const MAX_MESSAGES_PER_TRIP = 1_000;
export const MAX_CHAT_PAGE = 100;
/** How long it is shown that somebody types, unless it is said again. */
export const TYPING_MS = 5_000;
/** More often than this it is not passed on. */
export const TYPING_EVERY_MS = 2_000;

/** Those who talk in the chat of a trip. */
export const PARTIES = ['rider', 'driver'] as const;
/** One of those who talk in the chat of a trip. */
export type Party = (typeof PARTIES)[number];

/** A message as it is stored. */
export type ChatMessage = {
  /** whose chat it is in */
  tripId: string;
  /** its place in the chat, from 1 on, without gaps, the same for everybody */
  seq: number;
  /** the sender's own; no other message of this sender in this chat has it */
  id: string;
  /** who sent it */
  from: string;
  /** as whom */
  role: Party;
  /** plain text in NFC, of 1 to 2,000 code points */
  text: string;
  /** epoch ms by the clock of the store */
  at: number;
};

/** Up to which `seq` somebody has got the messages, and has read them; neither ever goes back. */
export type ChatReceipt = {
  /** whose chat it is of */
  tripId: string;
  /** who got and read them */
  by: string;
  /** as whom */
  role: Party;
  /** `seq` of the last message that it has got; 0 for none */
  delivered: number;
  /** `seq` of the last message that it has read; 0 for none */
  read: number;
  /** epoch ms of the last change */
  at: number;
};

/** Somebody types; told to the partner only and stored nowhere. */
export type ChatTyping = {
  /** in whose chat */
  tripId: string;
  /** who */
  from: string;
  /** it is shown until then, unless it comes again, epoch ms */
  until: number;
};

/**
 * A page of a chat in order of `seq`. A party without a receipt has got nothing yet.
 * `unread` counts the partner's messages that the caller has not read; 0 for dispatch.
 */
export type ChatPage = {
  /** in order of `seq` */
  messages: ChatMessage[];
  /** of those who have got anything yet */
  receipts: ChatReceipt[];
  /** messages of the partner that the caller has not read; of dispatch none */
  unread: number;
};

/** The key of a text to offer. */
export type QuickReply =
  | 'on_my_way'
  | 'here'
  | 'where_are_you'
  | 'two_minutes'
  | 'running_late'
  | 'traffic'
  | 'coming_out'
  | 'at_the_entrance'
  | 'call_me'
  | 'ok'
  | 'thanks';

/** Texts for apps to offer; sent like any other. */
export const QUICK_REPLIES: Readonly<Record<QuickReply, string>> = {
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
};
