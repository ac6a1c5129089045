import { z } from 'zod';
import { plainText } from './text.js';

const BAD_TEXT = { error: 'BAD_TEXT' };

/** POST /api/users/:id/notices: a message from dispatch to a rider or a driver. */
export const NoticeRequest = z.object(
  {
    role: z.enum(['rider', 'driver'], { error: 'BAD_REQUEST' }),
    text: z.string(BAD_TEXT).overwrite(plainText).min(1, 'EMPTY_TEXT').max(500, 'BAD_TEXT'),
  },
  { error: 'BAD_REQUEST' },
);
export type NoticeRequest = z.infer<typeof NoticeRequest>;

export const Notice = z.object({
  /** `message`: a text from dispatch; `offline`: dispatch has taken this driver offline */
  kind: z.enum(['message', 'offline']),
  /** plain text, at most 500 characters; empty for `offline` */
  text: z.string(),
  /** epoch ms */
  at: z.number(),
});
/** Sent to a rider or a driver as `notice`. */
export type Notice = z.infer<typeof Notice>;
