import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { addToContext, setRateLimit } from '#ops';
import { ProtocolError, type Role } from '#protocol';
import { type Identity, Tokens } from '#realtime';
import { RequestRateLimiter } from './request-rate-limiter.js';

type IdentifiedRequest = Request & { identity: Identity };

const ROLES_OF_ROUTE = 'roles';
const COST_OF_ROUTE = 'cost';

/** Checks the Bearer token, the role and the request rate. Every route under /api names the roles that may call it. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(
    private readonly tokens: Tokens,
    private readonly reflector: Reflector,
    private readonly rateLimiter: RequestRateLimiter,
  ) {}

  /** @throws {ProtocolError} what {@link Tokens.verify} throws, WRONG_ROLE, RATE_LIMITED */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const identity = await this.tokens.verify(token);
    const { role, userId } = identity;
    request.identity = identity;
    addToContext(request, { userId, role });
    const roles = this.reflector.get<Role[]>(ROLES_OF_ROUTE, context.getHandler());
    if (!roles.includes(role)) throw new ProtocolError('WRONG_ROLE');
    const cost = this.reflector.get<number>(COST_OF_ROUTE, context.getHandler()) ?? 1;
    const limit = this.rateLimiter.take(identity, cost);
    if (limit !== null) setRateLimit(context.switchToHttp().getResponse<Response>(), limit);
    return true;
  }
}

/** Guards a controller; each of its routes names its roles with {@link For}. */
export const Guarded = () => UseGuards(RolesGuard);

/** Names the roles that may call a route. */
export const For = (...roles: Role[]) => SetMetadata(ROLES_OF_ROUTE, roles);

/** Sets how much of the caller's request rate an expensive route takes; all others take one. */
export const Costs = (cost: number) => SetMetadata(COST_OF_ROUTE, cost);

/** Injects the caller's identity, taken from the token. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Identity =>
    context.switchToHttp().getRequest<IdentifiedRequest>().identity,
);

/** Injects the header `Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header. */
export const IdempotencyKeyHeader = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined =>
    context.switchToHttp().getRequest<Request>().get('idempotency-key'),
);

/** Injects the header `Device-Id`, the name of a driver's device. */
export const DeviceIdHeader = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined =>
    context.switchToHttp().getRequest<Request>().get('device-id'),
);
