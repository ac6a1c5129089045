/** Maximum length of a message, in code points. */
export const MAX_TEXT_LENGTH = 2_000;
export const MAX_MESSAGES_PER_TRIP = 1_000;
export const MAX_CHAT_PAGE = 100;
/** Time for which a typing indicator is shown unless it is sent again. */
export const TYPING_MS = 5_000;
/** Minimum interval between two typing indicators that are passed on. */
export const TYPING_EVERY_MS = 2_000;

/** Roles that take part in the chat of a trip. */
export const PARTIES = ['rider', 'driver'] as const;
/** Role that takes part in the chat of a trip. */
export type Party = (typeof PARTIES)[number];
