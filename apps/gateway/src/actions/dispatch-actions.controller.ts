import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Id, IdempotencyKey, NoticeRequest } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { Caller, For, Guarded, IdempotencyKeyHeader, InScope } from '../auth/roles.guard.js';
import { ScopeService } from '../auth/scope.service.js';
import { DispatchActionsService } from './dispatch-actions.service.js';

/** Actions of dispatch on users and drivers; actions on trips belong to `TripsController`. */
@Guarded()
@Controller()
export class DispatchActionsController {
  constructor(
    private readonly actions: DispatchActionsService,
    private readonly scope: ScopeService,
  ) {}

  @Post('users/:id/notices')
  @InScope('own')
  @HttpCode(200)
  @For('service', 'dispatcher')
  async notice(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Body(new ZodPipe(NoticeRequest)) request: NoticeRequest,
    @IdempotencyKeyHeader(new ZodPipe(IdempotencyKey)) key?: string,
  ): Promise<object> {
    await this.scope.user(caller, id, request.role);
    await this.actions.notice(caller, id, request, key);
    return {};
  }

  @Post('drivers/:id/offline')
  @InScope('driver')
  @HttpCode(200)
  @For('service', 'dispatcher')
  async offline(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) id: string): Promise<object> {
    await this.actions.forceOffline(caller, id);
    return {};
  }
}
