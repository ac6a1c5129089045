import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { maskUrls, urlOf } from '#config';
import type { Logger } from './logger.js';

/**
 * Tells a parent process where this one answers, and ends it cleanly: on SIGTERM or SIGINT, and when the parent that
 * started it is gone, so that nothing is left behind.
 */
export function ready(message: object, close: () => Promise<void>, logger: Logger): void {
  // One request that fails in an unforeseen way must not end everyone else's.
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'unhandled rejection'));
  let closing = false;
  const stop = () => {
    if (closing) return;
    closing = true;
    // A connection that does not drain must not keep the process.
    setTimeout(() => process.exit(0), 3_000).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'closing failed');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.send === undefined) return;
  process.once('disconnect', stop);
  process.send({ type: 'ready', ...message });
}

/** Ends a process that cannot start, with one line. */
export async function orExit(start: Promise<unknown>): Promise<void> {
  try {
    await start;
  } catch (error) {
    process.stderr.write(`${maskUrls((error as Error).message)}\n`);
    process.exit(1);
  }
}

/** Address of a listening application. */
export const addressOf = (app: INestApplication): string => {
  const { address, port } = app.getHttpServer().address() as AddressInfo;
  return urlOf(address, port).replace('//localhost:', '//127.0.0.1:');
};
