import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { TokenRequest } from '#protocol';
import { Tokens, ZodPipe } from '#realtime';
import { DemoGuard } from './demo-guard.js';

/** Gives a token of any role to whoever can reach it: only a demo has this route. */
@Controller('dev/tokens')
@UseGuards(DemoGuard)
export class DevTokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  async create(@Body(new ZodPipe(TokenRequest)) { role, sub }: TokenRequest): Promise<{ token: string }> {
    return { token: await this.tokens.sign(sub, role) };
  }
}
