import { z } from 'zod';
import { queryNumber } from './query.js';
import { limit } from './schemas.js';

/** Query of GET /api/audit; `before` is the id of an entry. */
export const AuditQuery = z.object(
  {
    limit: queryNumber('BAD_LIMIT', limit(1_000)).default(100),
    before: z
      .string({ error: 'BAD_ID' })
      .regex(/^\d{1,16}-\d{1,16}$/, { error: 'BAD_ID' })
      .optional(),
  },
  { error: 'BAD_REQUEST' },
);
export type AuditQuery = z.infer<typeof AuditQuery>;
