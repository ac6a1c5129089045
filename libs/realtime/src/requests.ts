import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { catchError, map, type Observable, of } from 'rxjs';
import type { z } from 'zod';
import { parse, Refusal } from '#protocol';
import { failureOf } from './limits.js';

/** `@MessageBody(parsed(Schema))`, `@Body(parsed(Schema))`: what does not fit is refused with its code. */
export const parsed = <T extends z.ZodType>(schema: T): PipeTransform<unknown, z.output<T>> => ({
  transform: (value) => parse(schema, value),
});

/** Turns what a handler returns or throws into the answer of its request. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  readonly #logger = new Logger('requests');

  intercept(_context: ExecutionContext, next: CallHandler): Observable<object> {
    return next.handle().pipe(
      map((value: object | undefined) => ({ ok: true, ...value })),
      catchError((error: unknown) => {
        if (!(error instanceof Refusal)) this.#logger.error(error);
        return of(failureOf(error));
      }),
    );
  }
}
