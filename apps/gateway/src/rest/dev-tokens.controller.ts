import { Body, Controller, Post } from '@nestjs/common';
import { TokenRequest } from '#protocol';
import { parsed, Tokens } from '#realtime';

/** Gives a token of any role to anyone: only a demo has this route. */
@Controller('dev/tokens')
export class DevTokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  async create(@Body(parsed(TokenRequest)) { role, sub }: TokenRequest): Promise<{ token: string }> {
    return { token: await this.tokens.sign(sub, role) };
  }
}
