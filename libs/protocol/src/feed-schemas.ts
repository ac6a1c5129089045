import { z } from 'zod';

export const FeedEntry = z.object({
  id: z.string(),
  event: z.string(),
  payload: z.custom<object>().meta({ type: 'object' }),
  /** time after which the entry is not delivered any more, epoch ms; null for as long as the feed is stored */
  expiresAt: z.number().nullable(),
});
/** Entry of a feed: an event and its payload as pushed, stored for clients that were away. */
export type FeedEntry = z.infer<typeof FeedEntry>;

export const FeedPart = z.object({
  entries: z.array(FeedEntry),
  last: z.string(),
  complete: z.boolean(),
});
/**
 * Missed entries in order, without expired ones. If it is not `complete`, more was missed than is stored: reload what you
 * show and continue from `last`, which is `EMPTY_FEED` while the feed has no entry.
 */
export type FeedPart = z.infer<typeof FeedPart>;
