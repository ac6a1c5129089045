import type { IncomingMessage, ServerResponse } from 'node:http';
import { CODES, type Problem, type ProtocolError } from '#protocol';
import { addToContext } from './request-context.js';

/** `Retry-After` of 429 and 503: rate limits and connections to Redis recover within about a second. */
const RETRY_AFTER_S = 1;

/** Sends a refusal as problem details, RFC 9457, with `Retry-After` where waiting helps. */
export function sendProblem(
  response: ServerResponse<IncomingMessage & { originalUrl?: string }>,
  refusal: ProtocolError,
): void {
  const { code, message, retry } = refusal.failure;
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
  };
  addToContext(response.req, { code });
  response.statusCode = status;
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  if (status === 429 || status === 503) response.setHeader('retry-after', RETRY_AFTER_S);
  response.end(JSON.stringify(problem));
}
