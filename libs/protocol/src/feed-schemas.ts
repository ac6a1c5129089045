import { z } from 'zod';

export const FeedEntry = z.object({
  id: z.string(),
  event: z.string(),
  payload: z.custom<object>().meta({ type: 'object' }),
  /** nobody is told after this, epoch ms; null: as long as the feed is kept */
  expiresAt: z.number().nullable(),
});
/** Something that was told, and is kept for who was not there: an event and its payload as they were pushed. */
export type FeedEntry = z.infer<typeof FeedEntry>;

export const FeedPart = z.object({
  entries: z.array(FeedEntry),
  last: z.string(),
  complete: z.boolean(),
});
/**
 * What was missed, in order, without what has expired. When it is not `complete`, more was missed than is kept: ask for
 * what you show anew, and go on from `last`, which is `EMPTY_FEED` while there is no entry.
 */
export type FeedPart = z.infer<typeof FeedPart>;
