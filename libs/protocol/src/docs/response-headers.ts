import type { Json } from './json-schema.js';
import type { RestRoute } from './rest/route.js';

type Header = { description: string; required?: boolean; schema: Json };

const count = { type: 'integer', minimum: 0 };

/** Headers of answers, by their names. A required one is sent with each answer that lists it. */
export const RESPONSE_HEADERS = {
  'Retry-After': {
    description: 'Seconds to wait before the request is sent again',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': {
    description: 'Challenge of RFC 6750; with an `error` if the request had a token',
    required: true,
    schema: { type: 'string', pattern: '^Bearer realm="hexfleet"' },
  },
  Accept: {
    description: 'Type of body that the route takes',
    required: true,
    schema: { type: 'string', const: 'application/json' },
  },
  'X-Request-Id': {
    description: 'Id of a request below /api in the log: the one that the client sent, or a new one',
    schema: { type: 'string', minLength: 1 },
  },
  'RateLimit-Limit': {
    description: 'Cost of requests allowed at once or per minute, whichever is nearer to its end',
    schema: count,
  },
  'RateLimit-Remaining': { description: 'Cost of requests left', schema: count },
  'RateLimit-Reset': { description: 'Seconds until all requests are left again', schema: count },
} satisfies Record<string, Header>;

type HeaderName = keyof typeof RESPONSE_HEADERS;

const RATE_LIMIT: HeaderName[] = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];
const OF_STATUS: Record<number, HeaderName[]> = {
  401: ['WWW-Authenticate'],
  415: ['Accept'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/** Returns the headers of a success, as references to the components of the document. */
export const headersOfSuccess = (path: string, { roles }: RestRoute): Json =>
  references([
    ...(path.startsWith('/api/') ? (['X-Request-Id'] as const) : []),
    ...(roles === null ? [] : RATE_LIMIT),
  ]);

/** Returns the headers of all refusals with one status. */
export const headersOfProblem = (status: number): Json =>
  references([...(OF_STATUS[status] ?? []), 'X-Request-Id', ...RATE_LIMIT]);

const references = (names: readonly HeaderName[]): Json =>
  names.length === 0
    ? {}
    : { headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])) };
