import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { type ActiveAlert, AlertRequest, Id, IdempotencyKey } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { Caller, For, Guarded, IdempotencyKeyHeader, InScope } from '../auth/roles.guard.js';
import { AlertsService } from './alerts.service.js';

@Guarded()
@Controller('alerts')
export class AlertsController {
  constructor(private readonly alerts: AlertsService) {}

  @Post()
  @InScope('own')
  @For('service', 'dispatcher')
  send(
    @Caller() caller: Identity,
    @Body(new ZodPipe(AlertRequest)) request: AlertRequest,
    @IdempotencyKeyHeader(new ZodPipe(IdempotencyKey)) key?: string,
  ): Promise<ActiveAlert> {
    return this.alerts.send(caller, request, key);
  }

  /** Returns the alerts that have not expired, newest first. */
  @Get()
  @InScope('own')
  @For('service', 'dispatcher')
  async active(@Caller() caller: Identity): Promise<{ alerts: ActiveAlert[] }> {
    return { alerts: await this.alerts.active(caller) };
  }

  @Delete(':id')
  @InScope('own')
  @For('service', 'dispatcher')
  async withdraw(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) id: string): Promise<object> {
    await this.alerts.withdraw(caller, id);
    return {};
  }
}
