import type { NextFunction, Request, Response } from 'express';
import { ProtocolError } from '#protocol';

/** Refuses a body that is not declared as JSON with NOT_JSON: forms of other sites can send the other types. */
export function requireJson(request: Request, _response: Response, next: NextFunction): void {
  const isEmpty = request.get('content-length') === '0';
  const isJson = request.is(['application/json', 'application/geo+json']) !== false;
  next(isEmpty || isJson ? undefined : new ProtocolError('NOT_JSON'));
}
