import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { pinoHttp } from 'pino-http';
import type { Logger } from './logger.js';
import { contextOf, runInContext } from './request-context.js';

const REQUEST_ID = /^[\w.:-]{1,128}$/;
/** https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/**
 * Express middleware: one log line per request with its id, user, role, status, refusal code and duration. It logs the
 * pattern of the route instead of the URL, because paths contain share tokens and queries contain positions.
 * The id comes from `X-Request-Id` or from the trace id of `traceparent`; the response returns it in `X-Request-Id`.
 */
export function accessLog(
  logger: Logger,
): (request: Request, response: Response, next: NextFunction) => void {
  const log = pinoHttp<Request, Response>({
    logger,
    // Without these, pino-http would log the URL and all headers, among them the token.
    wrapSerializers: false,
    serializers: { req: () => undefined, res: () => undefined },
    quietResLogger: true,
    customLogLevel: (_request, { statusCode }) => (statusCode >= 500 ? 'warn' : 'info'),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request',
    customSuccessObject: (request, response, { responseTime }) => fieldsOf(request, response, responseTime),
    customErrorObject: (request, response, _error, { responseTime }) =>
      fieldsOf(request, response, responseTime),
  });
  return (request, response, next) => {
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    runInContext(request, { requestId }, () => {
      log(request, response);
      next();
    });
  };
}

function fieldsOf(request: Request, response: Response, durationMs: number): object {
  const pattern: string = request.route?.path ?? '';
  return {
    ...contextOf(request),
    method: request.method,
    // Nest serves unknown addresses by a catch-all pattern without a slash.
    route: pattern.startsWith('/') ? pattern : 'unmatched',
    status: response.statusCode,
    durationMs,
    // The client closed the connection before the response was complete.
    ...(response.writableFinished ? {} : { aborted: true }),
  };
}

function requestIdOf(request: Request): string {
  const id = request.get('x-request-id') ?? '';
  if (REQUEST_ID.test(id)) return id;
  return TRACEPARENT.exec(request.get('traceparent') ?? '')?.[1] ?? randomUUID();
}
