import { Module } from '@nestjs/common';
import { AsyncApiController } from './asyncapi.controller.js';
import { DocsController } from './docs.controller.js';

@Module({ controllers: [AsyncApiController, DocsController] })
export class DocsModule {}
