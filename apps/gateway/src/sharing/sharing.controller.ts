import { Body, Controller, Delete, Get, Header, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import {
  Id,
  IdempotencyKey,
  type SharedTrip,
  type ShareLink,
  ShareRequest,
  ShareToken,
  type TripRoute,
} from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { AuditService } from '../audit/audit.service.js';
import { Caller, For, Guarded, IdempotencyKeyHeader, InScope } from '../auth/roles.guard.js';
import { ShareStreams } from './share-streams.js';
import { SharingService } from './sharing.service.js';

/** Links to a trip, which its rider can share. */
@Guarded()
@Controller('trips/:id/share')
export class SharingController {
  constructor(
    private readonly sharing: SharingService,
    private readonly audit: AuditService,
  ) {}

  @Post()
  @InScope('own')
  @For('service', 'rider')
  async create(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Body(new ZodPipe(ShareRequest)) request: ShareRequest,
    @IdempotencyKeyHeader(new ZodPipe(IdempotencyKey)) key?: string,
  ): Promise<ShareLink> {
    await this.#record(caller, id, 'created', key);
    return this.sharing.create(caller, id, request, key);
  }

  @Delete()
  @InScope('own')
  @For('service', 'rider')
  async revokeAll(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) id: string): Promise<object> {
    await this.#record(caller, id, 'revoked');
    await this.sharing.revoke(caller, id);
    return {};
  }

  @Delete(':token')
  @InScope('own')
  @For('service', 'rider')
  async revoke(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Param('token', new ZodPipe(ShareToken)) token: string,
  ): Promise<object> {
    await this.#record(caller, id, 'revoked');
    await this.sharing.revoke(caller, id, token);
    return {};
  }

  /** Records what a service does; riders share their own trips. */
  async #record(by: Identity, tripId: string, text: string, key?: string): Promise<void> {
    if (by.role === 'service') await this.audit.record(by, 'trip:share', { tripId, text }, key);
  }
}

/** The shared trip, for anyone who has the link. */
@Controller('share')
export class SharedController {
  constructor(
    private readonly sharing: SharingService,
    private readonly streams: ShareStreams,
  ) {}

  @Get(':token')
  @Header('cache-control', 'no-store')
  trip(@Param('token', new ZodPipe(ShareToken)) token: string): Promise<SharedTrip> {
    return this.sharing.sharedTrip(token);
  }

  @Get(':token/route')
  @Header('cache-control', 'no-store')
  route(@Param('token', new ZodPipe(ShareToken)) token: string): Promise<TripRoute> {
    return this.sharing.sharedRoute(token);
  }

  @Get(':token/events')
  follow(@Param('token', new ZodPipe(ShareToken)) token: string, @Res() response: Response): Promise<void> {
    return this.streams.open(token, response);
  }
}
