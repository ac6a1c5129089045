import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { Id, PushDevice, PushSettings, type PushState } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { Caller, For, Guarded, InScope } from '../auth/roles.guard.js';
import { PushService } from './push.service.js';

/** Web Push subscriptions and settings of the caller. */
@Guarded()
@Controller('push')
export class PushController {
  constructor(private readonly push: PushService) {}

  @Get()
  @InScope('own')
  @For('rider', 'driver', 'dispatcher')
  state(@Caller() caller: Identity): Promise<PushState> {
    return this.push.state(caller);
  }

  @Put('settings')
  @InScope('own')
  @For('rider', 'driver', 'dispatcher')
  setSettings(
    @Caller() caller: Identity,
    @Body(new ZodPipe(PushSettings)) settings: PushSettings,
  ): Promise<PushSettings> {
    return this.push.setSettings(caller, settings);
  }

  @Put('devices/:id')
  @InScope('own')
  @For('rider', 'driver', 'dispatcher')
  subscribe(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Body(new ZodPipe(PushDevice)) device: PushDevice,
  ): Promise<PushState> {
    return this.push.subscribe(caller, id, device);
  }

  @Delete('devices/:id')
  @InScope('own')
  @For('rider', 'driver', 'dispatcher')
  async unsubscribe(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) id: string): Promise<object> {
    await this.push.unsubscribe(caller, id);
    return {};
  }
}
