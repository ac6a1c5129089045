import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { CODES, type Code, Refusal } from '#protocol';

const CODE_OF_STATUS: Record<number, Code> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  413: 'TOO_LARGE',
  415: 'BAD_REQUEST',
};

const RETRY_AFTER_S = '1';

/** Every refusal over REST is `{ code, message, retry }` with the status of its code; 429 comes with Retry-After. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  readonly #logger = new Logger('rest');

  catch(error: unknown, host: ArgumentsHost): void {
    const refusal = this.#refusal(error);
    const { status } = CODES[refusal.code];
    const response = host.switchToHttp().getResponse<Response>();
    if (status === 429) response.set('retry-after', RETRY_AFTER_S);
    response.status(status).json(refusal.failure);
  }

  #refusal(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    // The body parser throws errors with a status, Nest throws exceptions with one.
    const status =
      error instanceof HttpException ? error.getStatus() : (error as { status?: number } | null)?.status;
    const code = status === undefined ? undefined : CODE_OF_STATUS[status];
    if (code !== undefined) return new Refusal(code);
    this.#logger.error(error);
    return new Refusal('INTERNAL');
  }
}
