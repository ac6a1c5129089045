import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { Code, Role } from '#protocol';

/** Fields that every log line of one REST request carries. */
export type RequestContext = {
  requestId: string;
  /** set once the token is verified */
  userId?: string;
  role?: Role;
  /** set when the request is refused */
  code?: Code;
};

const storage = new AsyncLocalStorage<RequestContext>();
const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** Runs `work` so that every line it logs, also asynchronously, carries the fields of the context. */
export function runInContext(request: IncomingMessage, context: RequestContext, work: () => void): void {
  contexts.set(request, context);
  storage.run(context, work);
}

/** Adds fields to the log lines of a request; does nothing for a request that has no context. */
export function addToContext(request: IncomingMessage, fields: Partial<RequestContext>): void {
  const context = contexts.get(request);
  if (context !== undefined) Object.assign(context, fields);
}

/** Returns the context of a request, or that of the running request when none is given. */
export const contextOf = (request?: IncomingMessage): RequestContext | undefined =>
  request === undefined ? storage.getStore() : contexts.get(request);
