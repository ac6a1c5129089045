import type { IncomingMessage, ServerResponse } from 'node:http';
import { CODES, type Problem, ProtocolError } from '#protocol';
import { addToContext } from './request-context.js';

/** `Retry-After` of 429 and 503: rate limits and connections to Redis recover within about a second. */
const RETRY_AFTER_S = 1;

/** State of a rate limit: requests allowed at once, requests left, and seconds until all are. */
export type RateLimitState = { limit: number; remaining: number; resetS: number };

/** RATE_LIMITED with the state of the limit. */
export class RateLimited extends ProtocolError {
  constructor(
    readonly state: RateLimitState,
    /** seconds after which the same request may succeed */
    readonly retryAfterS = RETRY_AFTER_S,
  ) {
    super('RATE_LIMITED');
  }
}

/** Sets `RateLimit-*`, draft-ietf-httpapi-ratelimit-headers-07. */
export function setRateLimit(response: ServerResponse, { limit, remaining, resetS }: RateLimitState): void {
  response.setHeader('ratelimit-limit', limit);
  response.setHeader('ratelimit-remaining', Math.max(0, Math.floor(remaining)));
  response.setHeader('ratelimit-reset', Math.ceil(resetS));
}

/** Sends a refusal as problem details, RFC 9457, with `Retry-After` where waiting helps. */
export function sendProblem(
  response: ServerResponse<IncomingMessage & { originalUrl?: string }>,
  refusal: ProtocolError,
): void {
  const { code, message, retry, nearest } = refusal.failure;
  const { status, message: title } = CODES[code];
  const { originalUrl, url = '/' } = response.req;
  const problem: Problem = {
    type: `/api/docs#${code}`,
    title,
    status,
    detail: message,
    instance: (originalUrl ?? url).split('?', 1)[0]!,
    code,
    message,
    retry,
    ...(nearest === undefined ? {} : { nearest }),
  };
  addToContext(response.req, { code });
  response.statusCode = status;
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  if (status === 401) response.setHeader('www-authenticate', challengeOf(refusal));
  // The type of body that would have been accepted, RFC 9110, section 15.5.16.
  if (status === 415) response.setHeader('accept', 'application/json');
  if (refusal instanceof RateLimited) setRateLimit(response, refusal.state);
  if (status === 429 || status === 503)
    response.setHeader('retry-after', refusal instanceof RateLimited ? refusal.retryAfterS : RETRY_AFTER_S);
  response.end(JSON.stringify(problem));
}

/** Returns the challenge of RFC 6750, section 3: an error only for a request that had a token. */
const challengeOf = ({ code, message }: ProtocolError): string =>
  code === 'NO_TOKEN'
    ? 'Bearer realm="hexfleet"'
    : `Bearer realm="hexfleet", error="invalid_token", error_description="${message.replaceAll('"', "'")}"`;
