import type { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import { onStoreFailure } from '#store';
import type { Metrics } from './metrics.js';

const logger = new Logger('redis');

/**
 * Logs when the connection to Redis is lost, with the cause, and when it is back: once each, however many attempts to
 * reconnect fail in between.
 * @param client of one Redis or of a cluster, before it has connected
 */
export function logConnection(client: EventEmitter): void {
  let cause: string | null = null;
  let lostAt: number | null = null;
  let wasReady = false;
  client.on('error', (error: Error) => {
    cause = error.message || String((error as NodeJS.ErrnoException).code);
  });
  client.on('close', () => {
    if (!wasReady || lostAt !== null) return;
    lostAt = Date.now();
    logger.warn(`lost the connection to Redis: ${cause ?? 'Redis closed it'}`);
  });
  client.on('ready', () => {
    if (lostAt !== null) logger.warn(`the connection to Redis is back after ${Date.now() - lostAt} ms`);
    wasReady = true;
    cause = null;
    lostAt = null;
  });
}

/** Minimum time between two log lines about requests that failed for the same cause. */
const FAILURE_LOG_MS = 60_000;

/** Counts each request that is refused because a command failed, and logs each cause, at most once a minute. */
export function logStoreFailures(metrics: Pick<Metrics, 'storeFailures'>): void {
  const loggedAt = new Map<string, number>();
  onStoreFailure(({ cause, text }, error) => {
    metrics.storeFailures.inc({ cause });
    const now = Date.now();
    if (now - (loggedAt.get(cause) ?? 0) < FAILURE_LOG_MS) return;
    loggedAt.set(cause, now);
    logger.warn({ message: `requests are refused: ${text}`, cause, err: error });
  });
}
