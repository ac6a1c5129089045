/** User whom data is about, and the trips that name it. */
export type Subject = { userId: string; tripIds: readonly string[] };

/** User whose data is erased, and the pseudonym that takes the place of its id in data of other people. */
export type ErasedUser = Subject & { pseudonym: string };

/** Result of erasing one kind: `erased` counts what was deleted, or rewritten without the user. */
export type ErasedKind = {
  erased: number;
  /** number of things that remain, under the pseudonym, and the reason; missing if nothing does */
  remains?: { count: number; why: string };
};

/**
 * One kind of data about users. Its `erase` may be killed anywhere and is then repeated from its beginning, so a kind removes
 * last the keys by which it finds the rest.
 */
export interface UserData {
  /** name in the report and in the export */
  readonly kind: string;
  erase(user: ErasedUser): Promise<ErasedKind>;
  /** Yields all data of a user, in items of bounded size; missing for what is derived, or says nothing to the user. */
  items?(user: Subject): AsyncIterable<unknown>;
}

/** Prefix of pseudonyms, which no other id of a trip or entry has: `*` is not allowed in ids. */
const PSEUDONYM = 'erased*';

export const pseudonymOf = (random: string): string => `${PSEUDONYM}${random}`;

/** Whether the user was erased before. */
export const isPseudonym = (userId: string): boolean => userId.startsWith(PSEUDONYM);

/** Whether a JSON text has one of the texts as a value or as a name. */
export const mentions = (json: string, texts: readonly string[]): boolean =>
  texts.some((text) => json.includes(JSON.stringify(text)));
