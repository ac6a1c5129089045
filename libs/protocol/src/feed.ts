import { z } from 'zod';

export type { FeedEntry, FeedPart } from './feed-schemas.js';

const BAD_FEED_ID = { error: 'BAD_FEED_ID' };

/** Of an entry: the epoch of its feed, and its number in it. Numbers have no gaps, so a client sees what it missed. */
export const FeedId = z.string(BAD_FEED_ID).regex(/^\d{1,15}-\d{1,15}$/, BAD_FEED_ID);

/** Where a feed stands that has no entry yet. */
export const EMPTY_FEED = '0-0';

/** `feed:resume`: what came after the entry that was seen last, by default nothing but the number of the latest. */
export const FeedResume = z.object({ after: FeedId.nullish() }, { error: 'BAD_REQUEST' });
export type FeedResume = z.infer<typeof FeedResume>;
