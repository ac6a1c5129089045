import type { NextFunction, Request, Response } from 'express';
import { ProtocolError } from '#protocol';

/** Refuses a body that is not declared as JSON, with NOT_JSON: a form of another site can send every other type. */
export function requireJson(request: Request, _response: Response, next: NextFunction): void {
  const isEmpty = request.get('content-length') === '0';
  next(!isEmpty && request.is('application/json') === false ? new ProtocolError('NOT_JSON') : undefined);
}
