import { z } from 'zod';

export const ROLES = ['driver', 'rider', 'dispatcher', 'service'] as const;

export const Role = z.enum(ROLES);
/** Role of a user, from its token. */
export type Role = z.infer<typeof Role>;
