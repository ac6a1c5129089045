import { Body, Controller, HttpCode, Post, Put } from '@nestjs/common';
import { type FixesAnswer, StatusChange } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { FixIngestService } from './fix-ingest.service.js';

/** Serves the requests `fixes` and `status` to drivers without a socket. */
@Guarded()
@Controller()
export class FixesController {
  constructor(private readonly ingest: FixIngestService) {}

  @Post('fixes')
  @HttpCode(200)
  @For('driver')
  fixes(@Caller() { userId }: Identity, @Body() fixes: unknown): Promise<FixesAnswer> {
    return this.ingest.fixes(userId, fixes);
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
}
