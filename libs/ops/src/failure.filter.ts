import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { type Code, ProtocolError } from '#protocol';
import { sendProblem } from './problem.js';

const CODE_OF_STATUS: Record<number, Code> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  413: 'TOO_LARGE',
  415: 'NOT_JSON',
  503: 'UNAVAILABLE',
};

/** Details by the types of the errors of the body parser. */
const DETAILS: Record<string, string> = {
  'entity.parse.failed': 'the body is not valid JSON',
  'encoding.unsupported': 'Content-Encoding is gzip, deflate or br',
  'charset.unsupported': 'the character set is UTF-8',
};

/** Answers every failed REST request with a problem document and the status of its code. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  readonly #logger = new Logger('rest');

  catch(error: unknown, host: ArgumentsHost): void {
    sendProblem(host.switchToHttp().getResponse<Response>(), this.#refusal(error));
  }

  #refusal(error: unknown): ProtocolError {
    if (error instanceof ProtocolError) return error;
    // The body parser throws errors with a status and a type; Nest throws exceptions with a status.
    const { status: own, type } = (error ?? {}) as { status?: number; type?: string };
    const status = error instanceof HttpException ? error.getStatus() : own;
    const code = status === undefined ? undefined : CODE_OF_STATUS[status];
    if (code !== undefined) return new ProtocolError(code, type === undefined ? undefined : DETAILS[type]);
    this.#logger.error(error);
    return new ProtocolError('INTERNAL');
  }
}
