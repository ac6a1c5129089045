import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { TokenRequest } from '#protocol';
import { Tokens, ZodPipe } from '#realtime';
import { DemoGuard } from './demo-guard.js';

/** Issues a token for any role to any caller that {@link DemoGuard} allows; the route exists in demo mode only. */
@Controller('dev/tokens')
@UseGuards(DemoGuard)
export class DevTokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  async create(@Body(new ZodPipe(TokenRequest)) { role, sub }: TokenRequest): Promise<{ token: string }> {
    return { token: await this.tokens.sign(sub, role) };
  }
}
