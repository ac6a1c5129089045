import { z } from 'zod';
import { ROLES } from './roles.js';
import { Id } from './schemas.js';

/** POST /api/dev/tokens, in the demo only. */
export const TokenRequest = z.object(
  { role: z.enum(ROLES, { error: 'BAD_CLAIMS' }), sub: Id },
  { error: 'BAD_REQUEST' },
);
export type TokenRequest = z.infer<typeof TokenRequest>;
