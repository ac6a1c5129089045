import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Config, isWildcard, maskUrls, unknownVariables, urlOf } from '#config';
import type { Logger } from './logger.js';

const { version } = createRequire(import.meta.url)('#package.json') as { version: string };

/** Maximum time to close, ms. */
const CLOSE_MS = 3_000;

/** Logs which version starts with which Redis, whose password is masked, and which variables nothing reads. */
export function logStart(logger: Logger, { redisUrl, demo }: Pick<Config, 'redisUrl' | 'demo'>): void {
  const redis = maskUrls(redisUrl ?? '');
  logger.info({ version, redis, demo: demo ?? false, pid: process.pid }, 'starting');
  for (const line of unknownVariables(process.env)) logger.warn(line);
}

/**
 * Notifies the parent process that this process is ready, and closes it on SIGTERM or SIGINT, after `drain`. It also closes, at
 * once, when the parent exits, so that no child process stays behind; a second signal ends it at once, too.
 */
export function ready(
  message: object,
  close: () => Promise<void>,
  logger: Logger,
  drain: () => Promise<void> = async () => {},
): void {
  // An unexpected failure of one request must not end the others.
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'unhandled rejection'));
  logger.info('url' in message ? { url: message.url } : {}, 'ready');
  let closing = false;
  const stop = async (reason: string, mayDrain = true) => {
    if (closing) return;
    closing = true;
    logger.info({ reason }, 'draining');
    if (mayDrain) await drain().catch((error: unknown) => logger.error({ err: error }, 'failed to drain'));
    const exit = (code: number, fields = {}) => {
      logger.info(fields, 'stopped');
      process.exit(code);
    };
    // A connection that does not close must not keep the process alive.
    setTimeout(() => exit(0, { drained: false }), CLOSE_MS).unref();
    close().then(
      () => exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'failed to close');
        exit(1);
      },
    );
  };
  process.once('SIGTERM', (signal) => stop(signal));
  process.once('SIGINT', (signal) => stop(signal));
  if (process.send === undefined) return;
  process.once('disconnect', () => stop('the parent process exited', false));
  process.send({ type: 'ready', ...message });
}

/** Exits with one line on stderr when the process cannot start. */
export async function orExit(start: Promise<unknown>): Promise<void> {
  try {
    await start;
  } catch (error) {
    process.stderr.write(`${maskUrls((error as Error).message)}\n`);
    process.exit(1);
  }
}

/**
 * Returns the address at which others reach a server: for one that listens on all addresses, the first of this machine or
 * pod that is no loopback.
 */
export const addressOf = (server: Server): string => {
  const { address, port } = server.address() as AddressInfo;
  return urlOf(isWildcard(address) ? ownAddress() : address, port).replace('//localhost:', '//127.0.0.1:');
};

function ownAddress(): string {
  const outside = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter((each) => !each.internal);
  return (outside.find(({ family }) => family === 'IPv4') ?? outside[0])?.address ?? '127.0.0.1';
}
