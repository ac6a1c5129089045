import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, NextFunction, Request, Response } from 'express';
import sirv from 'sirv';
import { ProtocolError } from '#protocol';
import { repairedPath } from './repaired-path.js';

const PAGES = fileURLToPath(new URL('../../../../web', import.meta.url));
/** Folder of files whose names contain a hash of their content. */
const HASHED = '/assets/';
const FOREVER = 'public, max-age=31536000, immutable';
const HEADERS = {
  'x-content-type-options': 'nosniff',
  // Only the landing page may show the other pages in frames.
  'content-security-policy': "frame-ancestors 'self'",
};
/** The URL of a shared trip is its key, so neither other servers nor search engines may learn it. */
const LINK_HEADERS = { ...HEADERS, 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' };

const READING = ['GET', 'HEAD'];
const SHARED = /^\/share\/[^/]+\/?$/;

/** Returns the paths of all files in a folder, those of pages without their extension, too. */
const pathsOf = (folder: string): ReadonlySet<string> =>
  new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => `/${name.replaceAll('\\', '/')}`)
      .flatMap((path) => [path, path.replace(/\.html$/, ''), path.replace(/\/index\.html$/, '') || '/']),
  );

/** Serves the built, compressed pages, and under /share/… the page of a shared trip. */
export function servePages(app: NestExpressApplication): void {
  if (!existsSync(PAGES)) {
    new Logger('pages').warn('The pages are not built, so only the API is served; npm run build builds them');
    return;
  }
  const express: Express = app.getHttpAdapter().getInstance();
  const names = readdirSync(PAGES)
    .filter((file) => file.endsWith('.html'))
    .map((file) => file.slice(0, -'.html'.length));
  express.use((request: Request, response: Response, next: NextFunction) => {
    const path = READING.includes(request.method) ? repairedPath(request.path, names) : null;
    if (path === null) return next();
    // Not permanent: a browser would keep it for a link that some day means something else.
    response.redirect(302, path + request.url.slice(request.path.length));
  });
  const files = sirv(PAGES, {
    extensions: ['html'],
    gzip: true,
    brotli: true,
    etag: true,
    setHeaders: (response, path) => {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      response.setHeader('cache-control', path.startsWith(HASHED) ? FOREVER : 'no-cache');
    },
  });
  const paths = pathsOf(PAGES);
  express.use((request: Request, response: Response, next: NextFunction) => {
    if (READING.includes(request.method)) return files(request, response, next);
    const { path } = request;
    const isPage = paths.has(path.replace(/(?<=.)\/$/, '')) || SHARED.test(path);
    if (!isPage) return next();
    response.setHeader('allow', 'GET, HEAD, OPTIONS');
    if (request.method === 'OPTIONS') response.status(204).end();
    else next(new ProtocolError('METHOD_NOT_ALLOWED'));
  });
  express.get('/share/:token', (_request, response: Response) => {
    response.sendFile('share.html', { root: PAGES, headers: LINK_HEADERS });
  });
}
