import { z } from 'zod';

export const ROLES = ['driver', 'rider', 'dispatcher', 'service'] as const;

export const Role = z.enum(ROLES);
/** What a token lets its user be. */
export type Role = z.infer<typeof Role>;
