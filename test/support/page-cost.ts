import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';

export type PageCost = {
  /** ms after the navigation began */
  firstPaintMs: number;
  /** of all scripts that were loaded, workers included */
  scriptBytesGzip: number;
};

/** Weighs what a page loads from now on; asked for when what it is for is seen. Compressed here, whatever the server does. */
export function weigh(page: Page): () => Promise<PageCost> {
  const scripts: Promise<number>[] = [];
  page.on('response', (response) => {
    // A worker that the map library makes of its own text is not loaded again.
    if (response.url().startsWith('blob:')) return;
    if (response.request().resourceType() !== 'script' || !response.ok()) return;
    scripts.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
  });
  return async () => {
    const sizes = await Promise.all(scripts);
    const firstPaintMs = await page.evaluate<number>(
      `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN`,
    );
    return { firstPaintMs, scriptBytesGzip: sizes.reduce((sum, size) => sum + size, 0) };
  };
}

/** One line for the log of a test. */
export const told = (name: string, { firstPaintMs, scriptBytesGzip }: PageCost, usefulMs: number): string =>
  `${name}: first paint ${firstPaintMs.toFixed(0)} ms, useful ${usefulMs.toFixed(0)} ms, ${(scriptBytesGzip / 1_000).toFixed(0)} kB of JavaScript, gzipped`;
