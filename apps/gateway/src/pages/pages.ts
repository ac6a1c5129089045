import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, Response } from 'express';
import sirv from 'sirv';

const PAGES = fileURLToPath(new URL('../../../../web', import.meta.url));
/** What the build puts there has a hash of its content in its name. */
const HASHED = '/assets/';
const FOREVER = 'public, max-age=31536000, immutable';
const HEADERS = {
  'x-content-type-options': 'nosniff',
  // The front page shows the others in frames; nobody else may.
  'content-security-policy': "frame-ancestors 'self'",
};
/** The address of a link is its key: no other server is told, and no search engine keeps it. */
const LINK_HEADERS = { ...HEADERS, 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' };

/** The pages as they were built and compressed then, and under /share/… the one that shows what a link opens. */
export function servePages(app: NestExpressApplication): void {
  if (!existsSync(PAGES)) {
    new Logger('pages').warn('The pages are not built, so only the API is served; npm run build builds them');
    return;
  }
  const express: Express = app.getHttpAdapter().getInstance();
  express.use(
    sirv(PAGES, {
      extensions: ['html'],
      gzip: true,
      brotli: true,
      etag: true,
      setHeaders: (response, path) => {
        for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
        response.setHeader('cache-control', path.startsWith(HASHED) ? FOREVER : 'no-cache');
      },
    }),
  );
  express.get('/share/:token', (_request, response: Response) => {
    response.sendFile('share.html', { root: PAGES, headers: LINK_HEADERS });
  });
}
