import { z } from 'zod';

const LIMIT = { error: 'BAD_LIMIT' };

/** Query of GET /api/audit; `before` is the id of an entry. */
export const AuditQuery = z.object(
  {
    limit: z.coerce.number(LIMIT).pipe(z.int(LIMIT).min(1, LIMIT).max(1_000, LIMIT)).default(100),
    before: z
      .string({ error: 'BAD_ID' })
      .regex(/^\d{1,16}-\d{1,16}$/, { error: 'BAD_ID' })
      .optional(),
  },
  { error: 'BAD_REQUEST' },
);
export type AuditQuery = z.infer<typeof AuditQuery>;
