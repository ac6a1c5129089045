import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CDPSession, Page } from 'playwright-core';
import { build, preview } from 'vite';
import { browserPath, launchBrowser } from '../fixtures/browser.js';
import { markdown, round } from './report.js';

/** Source directory, whether this file runs from source or is built. */
const HERE = fileURLToPath(new URL('.', import.meta.url));
const WEB = join(HERE.includes('/dist/') ? HERE.replace('/dist/', '/') : HERE, '../../web');
const FLEETS = [10_000, 50_000];
/** Main-thread script time per frame, ms. */
const MOST_SCRIPT_MS: Record<number, number> = { 10000: 4, 50000: 8 };
const LONGEST_TASK_MS = 100;
const FRAMES_PART = 0.8;

type Measured = { frames: number; longestTaskMs: number; ms: number };
type Row = { what: string; framesPerS: number; scriptMs: number; longestTaskMs: number };

/** Browser cost of moving vehicles: the overlay of the pages on the bundled map, at 1440 × 900. */
export const board = {
  options: {},
  usage: '',
  async run({ quick }: { quick: boolean }) {
    if (browserPath === '') throw new Error('There is no Chromium on this machine');
    const ms = quick ? 2_000 : 10_000;
    const fleets = quick ? FLEETS.slice(0, 1) : FLEETS;
    const rows = await onPage(async (page, cdp) => {
      const alone = await measure(page, cdp, 'the map alone, repainted each frame', 'mapAlone()', ms);
      const found = [alone];
      for (const count of fleets)
        found.push(await measure(page, cdp, `${count} moving vehicles`, `fleet(${count})`, ms));
      found.push(await measure(page, cdp, 'the same, all standing', 'standing()', ms));
      return found;
    });
    const [alone, ...moving] = rows.slice(0, -1);
    const checks = moving.flatMap(({ what, framesPerS, scriptMs, longestTaskMs }, i) => [
      { what: `${what}: script ms a frame`, found: scriptMs, atMost: MOST_SCRIPT_MS[fleets[i]!]! },
      { what: `${what}: longest task, ms`, found: longestTaskMs, atMost: LONGEST_TASK_MS },
      {
        what: `${what}: frames, as a part of the map alone`,
        found: framesPerS / alone!.framesPerS,
        atLeast: FRAMES_PART,
      },
    ]);
    const standing = rows.at(-1)!;
    checks.push({ what: 'frames a second while all stand', found: standing.framesPerS, atMost: 0 });
    return { rows, table: tableOf(rows), checks };
  },
};

async function onPage<T>(work: (page: Page, cdp: CDPSession) => Promise<T>): Promise<T> {
  const outDir = await mkdtemp(join(tmpdir(), 'hexfleet-board-'));
  const configFile = join(WEB, 'vite.config.ts');
  const input = join(WEB, 'bench/index.html');
  await build({ configFile, logLevel: 'error', build: { outDir, rolldownOptions: { input } } });
  const server = await preview({ configFile, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    // No service runs here, so the map is the bundled one.
    await page.route('**/api/map', (route) => route.fulfill({ json: { mapboxToken: null, styles: null } }));
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    await page.goto(`${server.resolvedUrls!.local[0]}bench/`);
    await page.evaluate('window.bench');
    return await work(page, cdp);
  } finally {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true });
  }
}

async function measure(
  page: Page,
  cdp: CDPSession,
  what: string,
  begin: string,
  forMs: number,
): Promise<Row> {
  const call = <T>(work: string) => page.evaluate<T>(`window.bench.then((bench) => bench.${work})`);
  const scriptMs = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ScriptDuration')!.value * 1_000;
  };
  await call(begin);
  const before = await scriptMs();
  const { frames, longestTaskMs, ms } = await call<Measured>(`measured(${forMs})`);
  const script = (await scriptMs()) - before;
  await call('end()');
  return {
    what,
    framesPerS: (frames * 1_000) / ms,
    scriptMs: frames === 0 ? 0 : script / frames,
    longestTaskMs,
  };
}

const tableOf = (rows: Row[]): string =>
  markdown(
    ['what', 'frames a second', 'script ms a frame', 'longest task ms'],
    rows.map(({ what, framesPerS, scriptMs, longestTaskMs }) => [
      what,
      round(framesPerS),
      round(scriptMs),
      round(longestTaskMs),
    ]),
  );
