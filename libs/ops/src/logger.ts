import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { type Config, maskUrls } from '#config';
import { contextOf } from './request-context.js';

export type Logger = PinoLogger;

/**
 * Creates a logger that writes JSON lines with the name of the process and the context of the running request. It removes
 * credentials from URLs, and the arguments that ioredis adds to an error, which include those of AUTH.
 */
export const createLogger = (
  node: string,
  level: Config['logLevel'],
  destination?: DestinationStream,
): Logger =>
  pino(
    {
      level,
      base: { node },
      // A copy: pino merges the fields of the line into this object.
      mixin: () => ({ ...contextOf() }),
      redact: { paths: ['err.command.args', 'err.lastNodeError.command.args'], remove: true },
      hooks: { streamWrite: maskUrls },
    },
    destination ?? pino.destination(1),
  );

/** Sends what Nest and the services log through pino; Nest's own progress messages become debug lines. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.debug(message, context);
  }

  /** @param message a text, or fields with the text in `message` */
  debug(message: unknown, context?: string): void {
    this.#write('debug', message, context);
  }

  /** @param message see {@link debug}, or an error */
  warn(message: unknown, context?: string): void {
    this.#write('warn', message, context);
  }

  /** @param message see {@link debug}, or an error */
  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest.at(-1));
  }

  #write(level: 'debug' | 'warn' | 'error', message: unknown, context: unknown): void {
    if (message instanceof Error) this.logger[level]({ err: message, context }, message.message);
    else if (typeof message === 'object' && message !== null) {
      const { message: text, ...fields } = message as Record<string, unknown>;
      this.logger[level]({ context, ...fields }, String(text));
    } else this.logger[level]({ context }, String(message));
  }
}
