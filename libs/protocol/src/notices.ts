import { z } from 'zod';

const BAD_TEXT = { error: 'BAD_TEXT' };

/** POST /api/users/:id/notices: what dispatch has to say to a rider or a driver. */
export const NoticeRequest = z.object(
  {
    role: z.enum(['rider', 'driver'], { error: 'BAD_REQUEST' }),
    text: z.string(BAD_TEXT).trim().min(1, 'EMPTY_TEXT').max(500, 'BAD_TEXT'),
  },
  { error: 'BAD_REQUEST' },
);
export type NoticeRequest = z.infer<typeof NoticeRequest>;

export const Notice = z.object({
  /** a text of dispatch; or that dispatch has taken this driver offline */
  kind: z.enum(['message', 'offline']),
  /** plain, at most 500 characters; empty where `kind` says all */
  text: z.string(),
  /** epoch ms */
  at: z.number(),
});
/** Told to a rider or a driver as `notice`. */
export type Notice = z.infer<typeof Notice>;
