import { z } from 'zod';
import type { Role } from './roles.js';

/** What is written down of those who may do more than others. */
export type AuditAction =
  | 'chat:history'
  | 'trip:request'
  | 'trip:assign'
  | 'trip:cancel'
  | 'trip:change'
  | 'user:notice'
  | 'user:disconnect'
  | 'driver:offline';

/** Who did what. */
export type AuditEntry = {
  /** grows with every entry */
  id: string;
  /** epoch ms */
  at: number;
  /** who did it, by its token */
  by: string;
  /** as what, by its token */
  role: Role;
  /** what was done, or tried: it is written down before */
  action: AuditAction;
  /** of which trip */
  tripId?: string;
  /** to whom */
  userId?: string;
  /** what was said, or which state was asked for */
  text?: string;
};

const LIMIT = { error: 'BAD_LIMIT' };

/** What GET /api/audit takes, as strings of the query; `before` is the id of an entry. */
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
