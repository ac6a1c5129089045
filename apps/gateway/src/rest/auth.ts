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
import { Refusal, type Role } from '#protocol';
import { type Identity, Tokens } from '#realtime';

type IdentifiedRequest = Request & { identity: Identity };

const ROLES_OF_ROUTE = 'roles';

/** Checks the Bearer token and the role; every route under /api names the roles it serves. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(
    private readonly tokens: Tokens,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    request.identity = await this.tokens.verify(token);
    const roles = this.reflector.get<Role[]>(ROLES_OF_ROUTE, context.getHandler());
    if (!roles.includes(request.identity.role)) throw new Refusal('WRONG_ROLE');
    return true;
  }
}

/** On a controller whose routes each carry {@link For}. */
export const Guarded = () => UseGuards(RoleGuard);

export const For = (...roles: Role[]) => SetMetadata(ROLES_OF_ROUTE, roles);

/** Who calls, from the token. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Identity =>
    context.switchToHttp().getRequest<IdentifiedRequest>().identity,
);

/** The header `Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header. */
export const Key = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined =>
  context.switchToHttp().getRequest<Request>().get('idempotency-key'),
);
