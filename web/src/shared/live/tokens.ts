import type { Role } from '#protocol';
import { cachedToken, devToken } from '#sdk';

/** Returns a source of demo tokens that fetches one only when the last one is about to expire. */
export const demoToken = (role: Role, sub: string): (() => Promise<string>) =>
  cachedToken(() => devToken(role, sub));
