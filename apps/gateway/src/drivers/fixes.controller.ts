import { Body, Controller, HttpCode, Post, Put } from '@nestjs/common';
import { type FixesAnswer, StatusChange } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { DeviceClock } from './device-clock.js';
import { FixIngestService } from './fix-ingest.service.js';

/** One that is dropped is found out again from the next fixes. */
const MAX_CLOCKS = 10_000;

/** Serves the requests `fixes` and `status` to drivers without a socket. */
@Guarded()
@Controller()
export class FixesController {
  /** clocks of drivers without a socket, in the order of their first request */
  readonly #clocks = new Map<string, DeviceClock>();

  constructor(private readonly ingest: FixIngestService) {}

  @Post('fixes')
  @HttpCode(200)
  @For('driver')
  fixes(@Caller() { userId }: Identity, @Body() fixes: unknown): Promise<FixesAnswer> {
    return this.ingest.fixes(userId, fixes, this.#clockOf(userId));
  }

  @Put('status')
  @For('driver')
  async status(
    @Caller() { userId }: Identity,
    @Body(new ZodPipe(StatusChange)) { status }: StatusChange,
  ): Promise<object> {
    await this.ingest.status(userId, status);
    return {};
  }

  #clockOf(driverId: string): DeviceClock {
    let clock = this.#clocks.get(driverId);
    if (clock === undefined) {
      clock = new DeviceClock();
      this.#clocks.set(driverId, clock);
      if (this.#clocks.size > MAX_CLOCKS) this.#clocks.delete(this.#clocks.keys().next().value!);
    }
    return clock;
  }
}
