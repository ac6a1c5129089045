import type { Server as HttpServer } from 'node:http';
import type { Server } from 'socket.io';
import type { Readiness } from '#ops';
import { sessionIdOf } from '../session-ids.js';

/** Longer than balancers keep theirs, 60 s: a connection that closes while a request is on its way fails that request. */
const KEEP_ALIVE_MS = 75_000;

/** Returns the number at the end of a name such as `gateway-2`, 0 without one. */
export const numberOf = (node: string): number => Number(/\d{1,6}$/.exec(node)?.[0] ?? 0);

/**
 * Prepares a gateway for load balancers in front of it. A session id begins with the number at the end of the gateway's name,
 * by which they send its polls here. While it drains, it closes each connection with a response, so that none is idle in
 * their pools when it ends, and refuses new sessions with 503, on which they try the next gateway.
 */
export function serveLoadBalancers(
  server: HttpServer,
  engine: Server['engine'],
  node: string,
  readiness: Readiness,
): void {
  const isDraining = () => 'draining' in readiness.reasons;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.prependListener('request', (_request, response) => {
    if (isDraining()) response.setHeader('connection', 'close');
  });
  const number = numberOf(node);
  engine.generateId = () => sessionIdOf(number);
  type Refusable = { statusCode: number; end(): void };
  engine.use((request: { url: string }, response: Refusable, next: () => void): void => {
    const isRefused = isDraining() && !request.url.includes('sid=');
    if (isRefused) response.statusCode = 503;
    (isRefused ? () => response.end() : next)();
  });
}
