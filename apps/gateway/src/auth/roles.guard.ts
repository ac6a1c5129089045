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
import { type Identity, isLimited, Tokens } from '#realtime';
import { RequestRateLimiter } from './request-rate-limiter.js';
import { assertAllFleets, assertRegion, ScopeService } from './scope.service.js';

type IdentifiedRequest = Request & { identity: Identity };

const ROLES_OF_ROUTE = 'roles';
const COST_OF_ROUTE = 'cost';
const SCOPE_OF_ROUTE = 'scope';
const READING: readonly string[] = ['GET', 'HEAD'];

/** Object to which a route applies the fleet and regions of staff: the driver or region of its path, or one of its own. */
type ScopeOfRoute = 'driver' | 'region' | 'own';

/**
 * Checks the Bearer token, the role, the rights and the request rate. Every route under /api names the roles that may call it.
 * A route that does not say how it applies fleet and regions is refused to those whose token has them.
 */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(
    private readonly tokens: Tokens,
    private readonly reflector: Reflector,
    private readonly rateLimiter: RequestRateLimiter,
    private readonly scope: ScopeService,
  ) {}

  /** @throws {ProtocolError} what {@link Tokens.verify} throws, WRONG_ROLE, READ_ONLY, RATE_LIMITED, NOT_IN_SCOPE */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const identity = await this.tokens.verify(token);
    const { role, userId } = identity;
    request.identity = identity;
    addToContext(request, { userId, role });
    const roles = this.reflector.get<Role[]>(ROLES_OF_ROUTE, context.getHandler());
    if (!roles.includes(role)) throw new ProtocolError('WRONG_ROLE');
    if (identity.isReadOnly && !READING.includes(request.method)) throw new ProtocolError('READ_ONLY');
    const cost = this.reflector.get<number>(COST_OF_ROUTE, context.getHandler()) ?? 1;
    const limit = await this.rateLimiter.take(identity, cost);
    setRateLimit(context.switchToHttp().getResponse<Response>(), limit);
    // After the count: the check of a driver asks Redis.
    if (isLimited(identity) && (role === 'dispatcher' || role === 'service'))
      await this.#checkScope(this.reflector.get(SCOPE_OF_ROUTE, context.getHandler()), request);
    return true;
  }

  async #checkScope(
    scope: ScopeOfRoute | undefined,
    { identity, params, method }: IdentifiedRequest,
  ): Promise<void> {
    if (scope === undefined) throw new ProtocolError('NOT_IN_SCOPE');
    if (scope === 'driver') await this.scope.driver(identity, String(params.id));
    if (scope !== 'region') return;
    assertRegion(identity, String(params.region));
    // Settings of a region hold for all fleets.
    if (!READING.includes(method)) assertAllFleets(identity);
  }
}

/** Guards a controller; each of its routes names its roles with {@link For}. */
export const Guarded = () => UseGuards(RolesGuard);

/** Names the roles that may call a route. */
export const For = (...roles: Role[]) => SetMetadata(ROLES_OF_ROUTE, roles);

/** Says how a route for dispatchers or services applies the fleet and the regions of a token. */
export const InScope = (scope: ScopeOfRoute) => SetMetadata(SCOPE_OF_ROUTE, scope);

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
