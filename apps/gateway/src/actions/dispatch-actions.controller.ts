import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Id, IdempotencyKey, NoticeRequest } from '#protocol';
import { type Identity, parsed } from '#realtime';
import { Caller, For, Guarded, Key } from '../auth/roles.guard.js';
import { HandDesk } from './dispatch-actions.service.js';

/** What dispatch does by hand, beside what it does with a trip. */
@Guarded()
@Controller()
export class HandsController {
  constructor(private readonly hands: HandDesk) {}

  @Post('users/:id/notices')
  @HttpCode(200)
  @For('service', 'dispatcher')
  async notice(
    @Caller() caller: Identity,
    @Param('id', parsed(Id)) id: string,
    @Body(parsed(NoticeRequest)) request: NoticeRequest,
    @Key(parsed(IdempotencyKey)) key?: string,
  ): Promise<object> {
    await this.hands.notice(caller, id, request, key);
    return {};
  }

  @Post('drivers/:id/offline')
  @HttpCode(200)
  @For('service', 'dispatcher')
  async offline(@Caller() caller: Identity, @Param('id', parsed(Id)) id: string): Promise<object> {
    await this.hands.forceOffline(caller, id);
    return {};
  }
}
