import { Module } from '@nestjs/common';
import { DevTokensController } from './dev-tokens.controller.js';

/** Imported only when demo mode is on: outside it, the route does not exist. */
@Module({ controllers: [DevTokensController] })
export class DevTokensModule {}
