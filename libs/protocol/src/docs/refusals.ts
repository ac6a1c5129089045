import { CODES, type Code } from '../codes.js';
import type { RestRoute } from './rest/route.js';
import { codesOf } from './schema-codes.js';

const TOKEN: Code[] = ['NO_TOKEN', 'BAD_TOKEN', 'TOKEN_EXPIRED', 'BAD_CLAIMS', 'BAD_ID', 'WRONG_ROLE'];
const BODY: Code[] = ['BAD_REQUEST', 'TOO_LARGE', 'NOT_JSON'];

/**
 * Returns every code with which a route may be refused, ordered by HTTP status.
 * @param isChange whether its method is neither GET nor HEAD
 */
export function refusalsOf(route: RestRoute, isChange = false): Code[] {
  const { roles, params = {}, query, body, codes = [], headers = [] } = route;
  const isForStaff = roles?.some((role) => role === 'dispatcher' || role === 'service');
  // A batch of fixes is refused as a whole only for its size: the answer lists each bad fix.
  const isBatch = codes.includes('BAD_BATCH');
  const all: Code[] = [
    ...(roles === null ? [] : [...TOKEN, 'UNAVAILABLE' as const, 'STORE_FORBIDDEN' as const]),
    ...(roles === null ? [] : ['RATE_LIMITED' as const]),
    ...(isForStaff ? ['NOT_IN_SCOPE' as const] : []),
    ...(isForStaff && isChange ? ['READ_ONLY' as const] : []),
    ...Object.values(params).flatMap(codesOf),
    ...(query === undefined ? [] : codesOf(query)),
    ...(body === undefined ? [] : [...BODY, ...(isBatch ? [] : codesOf(body))]),
    ...(headers.some((header) => header === 'Idempotency-Key' || header === 'Device-Id')
      ? ['BAD_ID' as const]
      : []),
    ...codes,
    'NOT_ACCEPTABLE',
    'INTERNAL',
  ];
  return [...new Set(all)].sort((a, b) => CODES[a].status - CODES[b].status);
}
