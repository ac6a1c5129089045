import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ServerOptions } from 'socket.io';
import { type Config, isLocalOrigin } from '#config';
import { CODES } from '#protocol';
import { handshakeLimits } from './handshake-limits.js';

type Cors = Exclude<Parameters<NestExpressApplication['enableCors']>[0], undefined>;
type CorsDelegate = Extract<Cors, (...args: never[]) => unknown>;
type Origins = Pick<Config, 'corsOrigins' | 'demo'>;
type Handshakes = Origins & Partial<Pick<Config, 'trustProxy'>>;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const REQUEST_HEADERS = [
  ...['authorization', 'content-type', 'idempotency-key', 'last-event-id', 'cache-control'],
  ...['x-request-id', 'traceparent', 'if-none-match', 'device-id'],
];
const RESPONSE_HEADERS = [
  ...['allow', 'content-disposition', 'etag', 'retry-after', 'www-authenticate', 'x-request-id'],
  ...['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
];
/** Time for which a browser may keep the answer to a preflight request. */
const MAX_AGE_S = 600;

/** Whether pages of an origin may use the service: those in HEXFLEET_CORS_ORIGINS, and in the demo those of this machine. */
const isListed = (origin: string, { corsOrigins, demo }: Origins): boolean =>
  corsOrigins.includes(origin) || (demo === true && isLocalOrigin(origin));

/** Whether a page was served under the address that it connects to. A proxy may have replaced `Host`; no page can set either. */
function isSameOrigin(origin: string, { host, 'x-forwarded-host': forwarded }: IncomingHttpHeaders): boolean {
  if (!URL.canParse(origin)) return false;
  const own = new URL(origin).host;
  return own !== '' && (own === host || own === forwarded);
}

/** Cross-origin headers for pages of the listed origins; none for any other. */
export const corsFor =
  (config: Origins): CorsDelegate =>
  ({ headers }: IncomingMessage, decide: (error: null, options: object) => void) => {
    const origin = headers.origin !== undefined && isListed(headers.origin, config);
    decide(null, {
      origin,
      methods: METHODS,
      allowedHeaders: REQUEST_HEADERS,
      exposedHeaders: RESPONSE_HEADERS,
      maxAge: MAX_AGE_S,
    });
  };

/**
 * Options with which Socket.IO checks the `Origin` of each handshake, over any transport: browsers let every page open a
 * WebSocket. An app that is no page sends none. Handshakes of one address are limited, see {@link handshakeLimits}.
 */
export const socketOrigins = (
  config: Handshakes,
  isWithinLimit = handshakeLimits(config.trustProxy),
): Pick<ServerOptions, 'allowRequest' | 'cors'> => ({
  cors: corsFor(config) as ServerOptions['cors'],
  allowRequest: (request, decide) => {
    const { headers } = request;
    const { origin } = headers;
    if (!isWithinLimit(request)) return decide(`RATE_LIMITED: ${CODES.RATE_LIMITED.message}`, false);
    const isAllowed = origin === undefined || isSameOrigin(origin, headers) || isListed(origin, config);
    decide(
      isAllowed
        ? null
        : `BAD_ORIGIN: ${CODES.BAD_ORIGIN.message}; HEXFLEET_CORS_ORIGINS lists those that may`,
      isAllowed,
    );
  },
});
