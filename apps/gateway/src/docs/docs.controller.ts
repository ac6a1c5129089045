import { Controller, Get, Header } from '@nestjs/common';
import { openApi } from '#protocol/docs';
import { docsPage, POLICY } from './docs-page.js';

/** Version of the interface; it changes when clients must change. */
const VERSION = '1';

/** Documentation of the REST interface, as a page and as OpenAPI. */
@Controller()
export class DocsController {
  readonly #document = openApi(VERSION);
  readonly #page = docsPage();

  @Get('openapi.json')
  @Header('cache-control', 'public, max-age=300')
  openApi(): object {
    return this.#document;
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('cache-control', 'public, max-age=300')
  docs(): string {
    return this.#page;
  }
}
