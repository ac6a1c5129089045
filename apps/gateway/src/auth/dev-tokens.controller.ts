import { Body, Controller, Inject, Post, UseGuards } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import { TokenRequest } from '#protocol';
import { TokenSigner, ZodPipe } from '#realtime';
import { DemoGuard } from './demo-guard.js';

/** Issues a token for any role to any caller that {@link DemoGuard} allows; the route exists in demo mode only. */
@Controller('dev/tokens')
@UseGuards(DemoGuard)
export class DevTokensController {
  readonly #signer: TokenSigner;

  constructor(@Inject(CONFIG) { jwtSecret }: Config) {
    this.#signer = new TokenSigner(jwtSecret!);
  }

  @Post()
  async create(@Body(new ZodPipe(TokenRequest)) { role, sub }: TokenRequest): Promise<{ token: string }> {
    return { token: await this.#signer.sign(sub, role) };
  }
}
