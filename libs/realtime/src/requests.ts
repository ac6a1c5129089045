import { randomUUID } from 'node:crypto';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { catchError, map, type Observable, of } from 'rxjs';
import type { z } from 'zod';
import { type AnswerTo, type Namespace, type Parsed, ProtocolError, parse, type RequestOf } from '#protocol';
import { partOf } from '#protocol/wire';
import { toFailure } from './limits.js';
import type { IdentifiedSocket } from './namespace.js';
import type { Request } from './request-table.js';

/** Validates a payload, as in `@Body(new ZodPipe(Schema))`; an invalid one is refused with its code. */
export class ZodPipe<T extends z.ZodType> implements PipeTransform<unknown, z.output<T>> {
  constructor(private readonly schema: T) {}

  transform(value: unknown): z.output<T> {
    return parse(this.schema, value);
  }
}

const socketOf: PipeTransform<Request> = { transform: ({ socket }) => socket };

const payloadOf = (schema: z.ZodType): PipeTransform<Request> => ({
  transform: ({ payload }) => parse(schema, payload),
});

/** Return value of a handler: the answer, or anything where the answer is empty. */
type Answered<A extends object> = object extends A ? unknown : A;

/** Method that handles a request of the protocol. */
export type Handler<N extends Namespace, E extends RequestOf<N>> = (
  socket: IdentifiedSocket<N>,
  payload: Parsed<N, E>,
) => Answered<AnswerTo<N, E>> | Promise<Answered<AnswerTo<N, E>>>;

/**
 * Decorates a gateway method as the handler of a request, as in `@OnRequest('/rider', 'trip:watch')`. The method receives
 * the socket and the parsed payload and returns the answer; one that does not fit the request does not compile. All sockets
 * share what Nest makes of the method, see `HubIoAdapter`; so in guards and interceptors the data of a message is a
 * {@link Request}, which has the socket.
 * @param namespaces several where one method handles a request that they share
 */
export function OnRequest<N extends Namespace, E extends RequestOf<N>>(
  namespaces: N | readonly N[],
  event: E,
) {
  const schemas = new Set([namespaces].flat().map((name) => partOf(name as N).requests[event]!.payload));
  const [schema] = schemas;
  if (schema === undefined || schemas.size > 1)
    throw new Error(`The payloads of ${event} differ between ${namespaces}`);
  return <T extends Handler<N, E>>(
    target: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    MessageBody(socketOf)(target, method, 0);
    MessageBody(payloadOf(schema))(target, method, 1);
    SubscribeMessage(event)(target, method, descriptor);
  };
}

/** Returns the log fields of an unexpected error in a request of a socket, with an id for each error. */
export const requestError = (error: unknown, { id, data, nsp }: IdentifiedSocket, event?: string) => ({
  message: error instanceof Error ? error.message : String(error),
  err: error,
  requestId: randomUUID(),
  socketId: id,
  userId: data.userId,
  role: data.role,
  namespace: nsp.name,
  event,
});

/** Turns the return value or the error of a handler into the answer to its request. */
@Injectable()
export class AckInterceptor implements NestInterceptor {
  readonly #logger = new Logger('requests');

  intercept(context: ExecutionContext, next: CallHandler): Observable<object> {
    return next.handle().pipe(
      map((value: object | undefined) => ({ ok: true, ...value })),
      catchError((error: unknown) => {
        if (!(error instanceof ProtocolError)) {
          const { getData, getPattern } = context.switchToWs();
          const socket = getData<Request>().socket as unknown as IdentifiedSocket;
          this.#logger.error(requestError(error, socket, getPattern()));
        }
        return of(toFailure(error));
      }),
    );
  }
}
