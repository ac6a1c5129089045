import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sirv from 'sirv';
import { afterAll, beforeAll, expect } from 'vitest';
import { browserPath } from '../fixtures/browser.js';
import { ask, connectStock, drive, driveUpTo } from '../fixtures/clients.js';
import { rest } from '../fixtures/rest.js';
import { createSdkApp, type Program, ROOT, runProgram, startProgram } from '../fixtures/sdk-app.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

/** Debian's interpreter, for which the packages are installed. */
const PYTHON = '/usr/bin/python3';
const PYTHON_PACKAGES = ['python3-socketio', 'python3-websocket', 'python3-requests'];

let system: System;
let app: Awaited<ReturnType<typeof createSdkApp>>;
let statics: Server;
const programs: Program[] = [];
test.beforeAll(async ({ system: shared }) => {
  system = shared;
});
beforeAll(async () => {
  app = await createSdkApp();
  await cp(join(ROOT, 'examples'), app.dir, { recursive: true });
  statics = createServer(sirv(ROOT, { dev: true }));
  await new Promise<void>((resolve) => statics.listen(0, '127.0.0.1', resolve));
}, 180_000);
afterAll(async () => {
  await Promise.all(programs.map((program) => program.end()));
  await app.remove();
  statics.closeAllConnections();
  await new Promise((resolve) => statics.close(resolve));
});

function start(command: string, ...args: string[]): Program {
  const program = startProgram(command, args, app.dir);
  programs.push(program);
  return program;
}

const driverState = async (id: string) =>
  rest(`${system.url}/api/drivers/${id}`, 'GET', await system.token('dispatcher', 'examples'));

test('the README quick start works outside the repository, twice in a row', async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const program = /```js example\n(.*?)```/s.exec(readme)![1]!;
  await writeFile(join(app.dir, 'trip.js'), program.replace('http://localhost:3000', system.url));
  const states = ['requested', 'offered', 'accepted'].map((state) => `your trip is ${state}\n`).join('');
  for (let run = 0; run < 2; run += 1) {
    const { code, output } = await runProgram(process.execPath, ['trip.js'], app.dir);
    expect(output).toContain(`${states}your driver is at 40.7492, -73.9851\n`);
    expect(code).toBe(0);
  }
});

test('the Node.js driver becomes available and moves', async () => {
  const program = start(process.execPath, 'driver.mjs', system.url, 'example-node');
  await expect.poll(program.output).toContain('example-node is available');
  await expect
    .poll(() => driverState('example-node'))
    .toMatchObject({
      status: 200,
      body: { status: 'available', position: { lat: expect.closeTo(40.7484, 2) } },
    });
});

test('the Python driver becomes available, and its fixes are stored', async ({ skip }) => {
  const hasClient = async () =>
    (await runProgram(PYTHON, ['-c', 'import socketio, websocket'], app.dir)).code === 0;
  if (!(await hasClient()))
    await runProgram('apt-get', ['install', '-y', '-qq', ...PYTHON_PACKAGES], app.dir);
  if (!(await hasClient())) skip('python-socketio is not installed, and apt-get could not install it');
  const program = start(PYTHON, 'driver.py', system.url, 'example-python');
  await expect.poll(program.output).toContain("'accepted': 1");
  await expect
    .poll(() => driverState('example-python'))
    .toMatchObject({
      status: 200,
      body: { status: 'available', position: { lat: expect.closeTo(40.7527, 2) } },
    });
});

test('the fleet table has a row for each driver', async () => {
  const client = await connectStock(system.url, '/driver', await system.token('driver', 'example-csv'));
  await ask(client, 'status', 'available');
  await ask(client, 'fixes', drive(1, { lat: 40.76, lng: -73.98 }));
  const program = start(process.execPath, 'fleet-to-csv.mjs', system.url, '1');
  await expect.poll(program.output).toMatch(/^time,driver,status,lat,lng,heading,speed_mps,age_s\n/);
  await expect
    .poll(program.output)
    .toMatch(/\n\d{4}-[^,]+,example-csv,available,40\.76\d*,-73\.9\d*,\d+,[\d.]+,\d+\n/);
  client.socket.disconnect();
});

test.skipIf(browserPath === undefined)(
  'the example page shows the cars near its pin',
  async ({ browser }) => {
    const client = await connectStock(system.url, '/driver', await system.token('driver', 'example-near'));
    await ask(client, 'status', 'available');
    await ask(client, 'fixes', driveUpTo({ lat: 40.7484, lng: -73.9857 }));
    const page = await browser.newPage();
    const { port } = statics.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/examples/rider.html`);
    await page.getByLabel('Address').fill(system.url);
    await page.getByLabel('Token of a rider').fill(await system.token('rider', 'example-page'));
    await page.getByRole('button', { name: 'Watch' }).click();
    await expect.poll(() => page.getByRole('listitem').count()).toBeGreaterThan(0);
    expect(await page.getByRole('status').textContent()).toMatch(/^\d+ cars nearby$/);
    expect(await page.textContent('ul')).not.toContain('example-near');
    await page.close();
    client.socket.disconnect();
  },
);
