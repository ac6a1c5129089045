import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { afterAll, describe, expect } from 'vitest';
import type { Fix } from '#protocol';
import { Api, DriverClient } from '#sdk';
import { drive } from '../fixtures/clients.js';
import { sdkFiles } from '../fixtures/sdk-page.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
let service: Api;
let directory: string;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  service = new Api({ url: system.url, token: await system.token('service', 's') });
  directory = await mkdtemp(join(tmpdir(), 'hexfleet-outbox-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

const times = (fixes: Fix[]) => fixes.map(({ t }) => t);
async function trackOf(driverId: string, fixes: Fix[]): Promise<number[]> {
  const span = { from: fixes[0]!.t, to: fixes.at(-1)!.t };
  const { properties } = await service.track(driverId, span);
  return [...new Set(properties.times)];
}

/** A driver app process: queues the fixes it is given and reports what happens to them. */
const APP = `
  import { DriverClient } from '#sdk';
  import { fileOutbox } from '#sdk/node';
  const { url, token, path, isOnline } = JSON.parse(process.env.APP);
  const driver = new DriverClient({ url, token, outbox: { store: fileOutbox(path) } });
  driver.on('waiting', (waiting) => process.send({ waiting }));
  driver.on('acked', () => process.send({ acked: true }));
  process.on('message', (fixes) => driver.push(...fixes));
  if (isOnline) await driver.connect();
`;

function startApp(options: object): { app: ChildProcess; messages: any[]; kill(): Promise<void> } {
  const app = spawn(process.execPath, ['--input-type=module', '-e', APP], {
    env: { PATH: process.env.PATH, APP: JSON.stringify({ url: system.url, ...options }) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const messages: any[] = [];
  app.on('message', (message) => messages.push(message));
  const ended = new Promise<void>((resolve) => app.once('exit', () => resolve()));
  return {
    app,
    messages,
    kill: () => {
      app.kill('SIGKILL');
      return ended;
    },
  };
}

test('an app killed with a full outbox, and again while sending, loses no fix', async () => {
  const path = join(directory, 'killed.ndjson');
  const options = { token: await system.token('driver', 'd-killed'), path };
  const fixes = drive(600, undefined, undefined, 1_000);
  const [first, newer] = [fixes.slice(0, 500), fixes.slice(500)];
  const offline = startApp({ ...options, isOnline: false });
  offline.app.send(first);
  await expect
    .poll(async () => (await readFile(path, 'utf8').catch(() => '')).split('\n').length)
    .toBe(first.length + 1);
  await offline.kill();
  await appendFile(path, '{"add":501,"fix":{"t":18');

  const sending = startApp({ ...options, isOnline: true });
  await expect.poll(() => sending.messages.some(({ acked }) => acked), { interval: 2 }).toBe(true);
  await sending.kill();

  const last = startApp({ ...options, isOnline: true });
  last.app.send(newer);
  await expect.poll(() => last.messages.findLast(({ waiting }) => waiting !== undefined)?.waiting).toBe(0);
  await expect.poll(() => trackOf('d-killed', fixes)).toEqual(times(fixes));
  await last.kill();
  const { counts } = await service.driver('d-killed');
  expect(counts.refused).toBe(0);
});

test('an offline status is sent after the fixes queued before it and before later ones', async () => {
  const driver = new DriverClient({ url: system.url, token: await system.token('driver', 'd-leaving') });
  const fixes = drive(400);
  const counted = fixes.slice(0, 350);
  driver.push(...counted);
  await driver.setStatus('offline');
  driver.push(...fixes.slice(350));
  await driver.connect();
  await driver.drained({ signal: AbortSignal.timeout(20_000) });
  const status = async () => (await service.driver('d-leaving').catch(() => null))?.status;
  await expect.poll(status).toBe('offline');
  expect(await trackOf('d-leaving', fixes)).toEqual(times(counted));
  driver.close();
});

test('going offline while connected resolves once everything before it is delivered', async () => {
  const driver = new DriverClient({ url: system.url, token: await system.token('driver', 'd-left') });
  await driver.connect();
  await driver.setStatus('available');
  const fixes = drive(400);
  driver.push(...fixes);
  await driver.setStatus('offline');
  expect(driver.waiting).toBe(0);
  await expect.poll(() => trackOf('d-left', fixes)).toEqual(times(fixes));
  driver.close();
});

const browserPath = process.env.HEXFLEET_TEST_CHROMIUM ?? '/usr/bin/chromium';

describe.skipIf(browserPath === '')('in a real browser', () => {
  /** The built SDK and a page that loads it. */
  async function startPage(): Promise<{ url: string; stop(): void }> {
    const files = await sdkFiles();
    // A field of the protocol is also called `node`.
    expect([...files.values()].join()).not.toMatch(/['"`]node:/);
    const html = `<script type="module">import * as sdk from '/sdk.js'; window.sdk = sdk;</script>`;
    const server = createServer((request, response) => {
      const script = files.get(request.url!.slice(1));
      response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
      response.end(script ?? html);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    return { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
  }

  const open = async (page: Page, token: string) => {
    await page.waitForFunction('window.sdk');
    const options = JSON.stringify({ url: system.url, token, transports: ['websocket'] });
    await page.evaluate(`window.driver = new sdk.DriverClient(${options}); void 0`);
  };

  test('fixes recorded by a page without a network survive a reload', async () => {
    const site = await startPage();
    const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    try {
      const context = await browser.newContext({ permissions: ['geolocation'] });
      const page = await context.newPage();
      await page.goto(site.url);
      const token = await system.token('driver', 'd-page');
      await open(page, token);
      await context.setOffline(true);
      await page.evaluate(`driver.connect(); (async () => {
        for await (const fix of sdk.geolocationFixes()) driver.push(fix);
      })(); void 0`);
      for (let i = 1; i <= 5; i += 1) {
        await context.setGeolocation({ latitude: 40.75 + i / 1e4, longitude: -73.99, accuracy: 5 });
        await page.waitForFunction(`driver.waiting === ${i}`);
      }
      const stored = () =>
        page.evaluate(`sdk.indexedDbOutbox('d-page').load().then((e) => e.map(({ fix }) => fix))`);
      await expect.poll(async () => ((await stored()) as Fix[]).length).toBe(5);
      const fixes = (await stored()) as Fix[];
      expect(await page.evaluate(`sdk.indexedDbOutbox('another').load()`)).toEqual([]);

      await context.setOffline(false);
      await page.reload();
      await open(page, token);
      await page.evaluate('driver.connect().then(() => driver.drained())');
      await expect.poll(() => trackOf('d-page', fixes)).toEqual(times(fixes));
      await expect.poll(stored).toEqual([]);
    } finally {
      await browser.close();
      site.stop();
    }
  });
});
