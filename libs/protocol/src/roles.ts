import { z } from 'zod';

export const ROLES = ['driver', 'rider', 'dispatcher', 'service'] as const;

export const Role = z.enum(ROLES);
/** Role of a user, from its token. */
export type Role = z.infer<typeof Role>;

/** Query that names a user together with the id in the path: a rider and a driver may have the same id. */
export const UserQuery = z.object(
  { role: z.enum(ROLES, { error: 'BAD_REQUEST' }) },
  { error: 'BAD_REQUEST' },
);
export type UserQuery = z.infer<typeof UserQuery>;
