import type { Server } from 'node:http';

/** Time in which the head of a request must arrive, as at the local front, ms. */
const HEAD_MS = 10_000;
const CHECKS = 10;

/**
 * Ends connections on which no head of a request arrives in time, above all those that never send anything. Idle ones between two
 * requests have their own limit, `keepAliveTimeout`. Call it before the server listens.
 */
export function limitHeads(server: Server, headMs = HEAD_MS): void {
  server.headersTimeout = headMs;
  // An option of `createServer`, which Nest does not pass on; by default, Node checks only every 30 s.
  Object.assign(server, { connectionsCheckingInterval: headMs / CHECKS });
}
