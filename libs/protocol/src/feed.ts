import { z } from 'zod';

const BAD_FEED_ID = { error: 'BAD_FEED_ID' };

/** Of an entry: the epoch of its feed, and its number in it. Numbers have no gaps, so a client sees what it missed. */
export const FeedId = z.string(BAD_FEED_ID).regex(/^\d{1,15}-\d{1,15}$/, BAD_FEED_ID);

/** Where a feed stands that has no entry yet. */
export const EMPTY_FEED = '0-0';

/** `feed:resume`: what came after the entry that was seen last, by default nothing but the number of the latest. */
export const FeedResume = z.object({ after: FeedId.nullish() }, { error: 'BAD_REQUEST' });
export type FeedResume = z.infer<typeof FeedResume>;

/** Something that was told, and is kept for who was not there: an event and its payload as they were pushed. */
export type FeedEntry = {
  id: string;
  event: string;
  payload: object;
  /** nobody is told after this, epoch ms; null: as long as the feed is kept */
  expiresAt: number | null;
};

/**
 * What was missed, in order, without what has expired. When it is not `complete`, more was missed than is kept: ask for
 * what you show anew, and go on from `last`, which is {@link EMPTY_FEED} while there is no entry.
 */
export type FeedPart = { entries: FeedEntry[]; last: string; complete: boolean };
