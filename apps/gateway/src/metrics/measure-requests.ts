import type { NextFunction, Request, Response } from 'express';
import type { GatewayMetrics } from './gateway-metrics.js';

/** Express middleware: measures each request under the pattern of its route, because paths have as many values as trips. */
export const measureRequests =
  ({ requests }: GatewayMetrics) =>
  (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    response.once('close', () => {
      const pattern: string = request.route?.path ?? '';
      const labels = {
        method: request.method,
        // Nest serves unknown addresses by a catch-all pattern without a slash.
        route: pattern.startsWith('/') ? pattern : 'unmatched',
        status: response.writableFinished ? response.statusCode : 'aborted',
      };
      requests.observe(labels, (performance.now() - startedAt) / 1_000);
    });
    next();
  };
