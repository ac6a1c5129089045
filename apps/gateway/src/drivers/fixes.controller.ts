import { Body, Controller, HttpCode, Post, Put } from '@nestjs/common';
import { type FixesAnswer, Id, StatusChange } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { BoundedMap, DriverFleets } from '#store';
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
  readonly #clocks = new BoundedMap<string, DeviceClock>(MAX_CLOCKS);

  constructor(
    private readonly ingest: FixIngestService,
    private readonly devices: DriverDevices,
    private readonly fleets: DriverFleets,
  ) {}

  @Post('fixes')
  @HttpCode(200)
  @For('driver')
  async fixes(
    @Caller() { userId, fleet }: Identity,
    @DeviceId deviceId: string | undefined,
    @Body() fixes: unknown,
  ): Promise<FixesAnswer> {
    await this.fleets.declare(userId, fleet);
    await this.devices.admitRequest(userId, deviceId);
    return this.ingest.fixes(userId, fixes, this.#clockOf(`${userId} ${deviceId ?? ''}`));
  }

  @Put('status')
  @For('driver')
  async status(
    @Caller() { userId, fleet }: Identity,
    @DeviceId deviceId: string | undefined,
    @Body(new ZodPipe(StatusChange)) { status }: StatusChange,
  ): Promise<object> {
    await this.fleets.declare(userId, fleet);
    if (await this.devices.requestDeclares(userId, deviceId, status))
      await this.ingest.status(userId, status);
    return {};
  }

  #clockOf(device: string): DeviceClock {
    let clock = this.#clocks.get(device);
    if (clock === undefined) {
      clock = new DeviceClock();
      this.#clocks.set(device, clock);
    }
    return clock;
  }
}
