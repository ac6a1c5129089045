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
/** The URL of a shared trip is its key, so search engines may not learn it; no address is passed on by `Referrer-Policy`. */
const LINK_HEADERS = { 'x-robots-tag': 'noindex' };

/** Paths that are no pages: those of the API, of health checks and of metrics. */
const NOT_PAGES = /^\/(api|healthz|readyz|metrics|socket\.io)(\/|$)/;

const READING = ['GET', 'HEAD'];
const SHARED = /^\/share\/[^/]+\/?$/;

/** Returns the paths of all files in a folder, those of pages without their extension, too. */
const pathsOf = (folder: string): ReadonlySet<string> =>
  new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => `/${name.replaceAll('\\', '/')}`)
      .flatMap((path) => [path, path.replace(/\.html$/, ''), path.replace(/\/index\.html$/, '') || '/']),
  );

/** Serves the built, compressed pages, under /share/… the page of a shared trip, and to browsers a page for any unknown address. */
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
  express.use((request: Request, response: Response, next: NextFunction) => {
    if (!READING.includes(request.method) || NOT_PAGES.test(request.path)) return next();
    // A client that takes anything gets the answer for programs.
    if (request.accepts(['json', 'html']) !== 'html') return next(new ProtocolError('NOT_FOUND'));
    response.status(404).sendFile('not-found.html', { root: PAGES });
  });
}
