import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { type Config, maskUrls } from '#config';

export type Logger = PinoLogger;

/** JSON lines without secrets: the credentials in URLs, and the arguments that ioredis adds to an error (of AUTH, too). */
export const createLogger = (
  node: string,
  level: Config['logLevel'],
  destination?: DestinationStream,
): Logger =>
  pino(
    {
      level,
      base: { node },
      redact: { paths: ['err.command.args', 'err.lastNodeError.command.args'], remove: true },
      hooks: { streamWrite: maskUrls },
    },
    destination ?? pino.destination(1),
  );

/** Nest's own messages, through pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    if (message instanceof Error) this.logger.error({ err: message, context: rest.at(-1) }, message.message);
    else this.logger.error({ context: rest.at(-1) }, String(message));
  }
}
