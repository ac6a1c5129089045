import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ProtocolError, type Role } from '#protocol';
import { type Identity, Tokens } from '#realtime';
import { Rates } from './rates.js';

type IdentifiedRequest = Request & { identity: Identity };

const ROLES_OF_ROUTE = 'roles';
/** Of one rider or driver at one gateway: so many requests at once, and so many a second for long. */
const BURST = 60;
const PER_SECOND = 10;

/** Checks the Bearer token, the role and the rate; every route under /api names the roles it serves. */
@Injectable()
export class RolesGuard implements CanActivate {
  readonly #rates = new Rates(BURST, PER_SECOND);

  constructor(
    private readonly tokens: Tokens,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    request.identity = await this.tokens.verify(token);
    const roles = this.reflector.get<Role[]>(ROLES_OF_ROUTE, context.getHandler());
    if (!roles.includes(request.identity.role)) throw new ProtocolError('WRONG_ROLE');
    const { role, userId } = request.identity;
    // Services and dispatchers speak for many.
    const isLimited = role === 'driver' || role === 'rider';
    if (isLimited && !this.#rates.take(`${role} ${userId}`, Date.now()))
      throw new ProtocolError('RATE_LIMITED');
    return true;
  }
}

/** On a controller whose routes each carry {@link For}. */
export const Guarded = () => UseGuards(RolesGuard);

export const For = (...roles: Role[]) => SetMetadata(ROLES_OF_ROUTE, roles);

/** Who calls, from the token. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Identity =>
    context.switchToHttp().getRequest<IdentifiedRequest>().identity,
);

/** The header `Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header. */
export const IdempotencyKeyHeader = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined =>
    context.switchToHttp().getRequest<Request>().get('idempotency-key'),
);
