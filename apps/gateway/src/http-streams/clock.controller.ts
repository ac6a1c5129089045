import { Controller, Get } from '@nestjs/common';
import type { ServiceTime } from '#protocol';
import { clock } from '#store';
import { For, Guarded, InScope } from '../auth/roles.guard.js';

/** Serves the request `clock` to clients without a socket. */
@Guarded()
@Controller('clock')
export class ClockController {
  @Get()
  @InScope('own')
  @For('rider', 'driver', 'dispatcher', 'service')
  now(): ServiceTime {
    return { now: clock.now() };
  }
}
