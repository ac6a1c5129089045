import type { Code } from '#protocol';
import type { Rights } from './token-claims.js';

/** Whether a token limits its user to a fleet or to regions. */
export const isLimited = ({ fleet, regions }: Pick<Rights, 'fleet' | 'regions'>): boolean =>
  fleet !== null || regions !== null;

/** Requests of dispatch that apply the fleet and the regions of a token. Any other one is refused to a limited user. */
const IN_SCOPE: ReadonlySet<string> = new Set([
  ...['clock', 'token'],
  ...['fleet:watch', 'fleet:unwatch', 'fleet:search', 'driver:watch', 'driver:unwatch'],
  ...['trips:watch', 'trips:unwatch', 'trips:history', 'region:watch', 'region:unwatch', 'chat:history'],
  ...['alerts:watch', 'alerts:unwatch', 'alerts:mark', 'crossings:watch', 'crossings:unwatch'],
  ...['zones:open', 'zones:update', 'zones:awareness', 'zones:close'],
]);
/** Requests of dispatch that change something, or show this user to others. */
const CHANGES: ReadonlySet<string> = new Set(['alerts:mark', 'zones:update', 'zones:awareness']);

/** Returns why a user of dispatch may not send a request, or null. */
export function refusalByRights(rights: Rights, event: string): Code | null {
  if (rights.isReadOnly && CHANGES.has(event)) return 'READ_ONLY';
  if (isLimited(rights) && !IN_SCOPE.has(event)) return 'NOT_IN_SCOPE';
  return null;
}
