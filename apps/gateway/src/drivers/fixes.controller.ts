import { Body, Controller, HttpCode, Post, Put } from '@nestjs/common';
import { type FixesAnswer, Id, StatusChange } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { Caller, DeviceIdHeader, For, Guarded } from '../auth/roles.guard.js';
import { DeviceClock } from './device-clock.js';
import { DriverDevices } from './driver-devices.js';
import { FixIngestService } from './fix-ingest.service.js';

/** One that is dropped is found out again from the next fixes. */
const MAX_CLOCKS = 10_000;

const DeviceId = DeviceIdHeader(new ZodPipe(Id.optional()));

/** Serves the requests `fixes` and `status` to drivers without a socket. */
@Guarded()
@Controller()
export class FixesController {
  /** clocks of devices without a socket, by driver and device, in the order of their first request */
  readonly #clocks = new Map<string, DeviceClock>();

  constructor(
    private readonly ingest: FixIngestService,
    private readonly devices: DriverDevices,
  ) {}

  @Post('fixes')
  @HttpCode(200)
  @For('driver')
  async fixes(
    @Caller() { userId }: Identity,
    @DeviceId deviceId: string | undefined,
    @Body() fixes: unknown,
  ): Promise<FixesAnswer> {
    await this.devices.admitRequest(userId, deviceId);
    return this.ingest.fixes(userId, fixes, this.#clockOf(`${userId} ${deviceId ?? ''}`));
  }

  @Put('status')
  @For('driver')
  async status(
    @Caller() { userId }: Identity,
    @DeviceId deviceId: string | undefined,
    @Body(new ZodPipe(StatusChange)) { status }: StatusChange,
  ): Promise<object> {
    if (status !== 'offline') await this.devices.goOnlineBy(userId, deviceId);
    // The end of work on a device that is not followed is not the end of work of the driver.
    else if (await this.devices.isOther(userId, deviceId)) return {};
    await this.ingest.status(userId, status);
    return {};
  }

  #clockOf(device: string): DeviceClock {
    let clock = this.#clocks.get(device);
    if (clock === undefined) {
      clock = new DeviceClock();
      this.#clocks.set(device, clock);
      if (this.#clocks.size > MAX_CLOCKS) this.#clocks.delete(this.#clocks.keys().next().value!);
    }
    return clock;
  }
}
