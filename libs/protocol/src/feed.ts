import { z } from 'zod';

export type { FeedEntry, FeedPart } from './feed-schemas.js';

const BAD_FEED_ID = { error: 'BAD_FEED_ID' };

/** Id of an entry: epoch of the feed, and number within it. Numbers have no gaps, so a client notices missing entries. */
export const FeedId = z.string(BAD_FEED_ID).regex(/^\d{1,15}-\d{1,15}$/, BAD_FEED_ID);

/** `feed:resume`: requests the entries after the last one seen; without `after`, only the id of the latest entry. */
export const FeedResume = z.object({ after: FeedId.nullish() }, { error: 'BAD_REQUEST' });
export type FeedResume = z.infer<typeof FeedResume>;
