import { Body, Controller, HttpCode, Post, Put } from '@nestjs/common';
import { type Rejection, StatusChange } from '#protocol';
import { type Identity, parsed } from '#realtime';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { Intake } from './fix-ingest.service.js';

/** What drivers send with `fixes` and `status`, for who has no socket. */
@Guarded()
@Controller()
export class IntakeController {
  constructor(private readonly intake: Intake) {}

  @Post('fixes')
  @HttpCode(200)
  @For('driver')
  fixes(
    @Caller() { userId }: Identity,
    @Body() fixes: unknown,
  ): Promise<{ accepted: number; rejected: Rejection[] }> {
    return this.intake.fixes(userId, fixes);
  }

  @Put('status')
  @For('driver')
  async status(
    @Caller() { userId }: Identity,
    @Body(parsed(StatusChange)) { status }: StatusChange,
  ): Promise<object> {
    await this.intake.status(userId, status);
    return {};
  }
}
