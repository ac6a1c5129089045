import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express } from 'express';

const PAGES = fileURLToPath(new URL('../../../web', import.meta.url));
/** The address of a link is its key: no other server is told, and no search engine keeps it. */
const LINK_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
};

/** The pages as they were built, and under /share/… the one that shows what a link opens. */
export function servePages(app: NestExpressApplication): void {
  app.useStaticAssets(PAGES, {
    extensions: ['html'],
    setHeaders: (response) => response.setHeader('x-content-type-options', 'nosniff'),
  });
  const express: Express = app.getHttpAdapter().getInstance();
  express.get('/share/:token', (_request, response) => {
    response.sendFile('share.html', { root: PAGES, headers: LINK_HEADERS });
  });
}
