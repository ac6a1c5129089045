import { Body, Controller, Delete, Get, Header, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Id, type SharedTrip, type ShareLink, ShareRequest, ShareToken } from '#protocol';
import { type Identity, parsed } from '#realtime';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { Followers } from './share-streams.js';
import { ShareDesk } from './sharing.service.js';

/** Links to a trip, for its rider to give away. */
@Guarded()
@Controller('trips/:id/share')
export class ShareController {
  constructor(private readonly desk: ShareDesk) {}

  @Post()
  @For('service', 'rider')
  create(
    @Caller() caller: Identity,
    @Param('id', parsed(Id)) id: string,
    @Body(parsed(ShareRequest)) request: ShareRequest,
  ): Promise<ShareLink> {
    return this.desk.create(caller, id, request);
  }

  @Delete()
  @For('service', 'rider')
  async revokeAll(@Caller() caller: Identity, @Param('id', parsed(Id)) id: string): Promise<object> {
    await this.desk.revoke(caller, id);
    return {};
  }

  @Delete(':token')
  @For('service', 'rider')
  async revoke(
    @Caller() caller: Identity,
    @Param('id', parsed(Id)) id: string,
    @Param('token', parsed(ShareToken)) token: string,
  ): Promise<object> {
    await this.desk.revoke(caller, id, token);
    return {};
  }
}

/** What a link opens, for anyone who has it. */
@Controller('share')
export class SharedController {
  constructor(
    private readonly desk: ShareDesk,
    private readonly followers: Followers,
  ) {}

  @Get(':token')
  @Header('cache-control', 'no-store')
  look(@Param('token', parsed(ShareToken)) token: string): Promise<SharedTrip> {
    return this.desk.look(token);
  }

  @Get(':token/events')
  follow(@Param('token', parsed(ShareToken)) token: string, @Res() response: Response): Promise<void> {
    return this.followers.open(token, response);
  }
}
