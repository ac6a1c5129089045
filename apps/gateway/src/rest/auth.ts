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
import { Bucket, type Identity, Tokens } from '#realtime';

type IdentifiedRequest = Request & { identity: Identity };

const ROLES_OF_ROUTE = 'roles';
/** Of one rider or driver at one gateway: so many requests at once, and so many a second for long. */
const BURST = 60;
const PER_SECOND = 10;
const FORGET_INTERVAL_MS = 10_000;

/** Checks the Bearer token, the role and the rate; every route under /api names the roles it serves. */
@Injectable()
export class RoleGuard implements CanActivate {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly tokens: Tokens,
    private readonly reflector: Reflector,
  ) {
    setInterval(() => this.#forgetFull(Date.now()), FORGET_INTERVAL_MS).unref();
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    request.identity = await this.tokens.verify(token);
    const roles = this.reflector.get<Role[]>(ROLES_OF_ROUTE, context.getHandler());
    if (!roles.includes(request.identity.role)) throw new Refusal('WRONG_ROLE');
    if (!this.#mayGoOn(request.identity, Date.now())) throw new Refusal('RATE_LIMITED');
    return true;
  }

  /** Services and dispatchers speak for many. */
  #mayGoOn({ role, userId }: Identity, now: number): boolean {
    if (role === 'service' || role === 'dispatcher') return true;
    const key = `${role} ${userId}`;
    const bucket = this.#buckets.get(key) ?? new Bucket(BURST, PER_SECOND, now);
    this.#buckets.set(key, bucket);
    return bucket.take(now);
  }

  #forgetFull(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
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
