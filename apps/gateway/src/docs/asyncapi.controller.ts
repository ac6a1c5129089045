import { Controller, Get, Header } from '@nestjs/common';
import { asyncApi } from '#protocol/docs';

/** Serves the AsyncAPI document of the Socket.IO protocol; for anyone. */
@Controller('asyncapi.json')
export class AsyncApiController {
  readonly #document = asyncApi();

  @Get()
  @Header('cache-control', 'public, max-age=300')
  document(): object {
    return this.#document;
  }
}
