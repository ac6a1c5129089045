import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { afterAll, describe, expect, vi } from 'vitest';
import { createSdkApp, ROOT, runProgram, startProgram } from '../fixtures/sdk-app.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** An app with only the package and its dependencies. */
let app: string;
let home: string;
let sdkApp: Awaited<ReturnType<typeof createSdkApp>>;
let system: System;
test.beforeAll(async ({ system: shared }) => {
  sdkApp = await createSdkApp();
  ({ dir: app, home } = sdkApp);
  system = shared;
}, 120_000);
afterAll(async () => {
  await sdkApp.remove();
});

const manifest = async () => JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));

/** Returns the package files reachable from an entry point, as paths in the package. */
async function reached(path: string, imports: Record<string, string>, found = new Set<string>()) {
  if (found.has(path)) return found;
  found.add(path);
  const text = await readFile(join(home, path), 'utf8');
  for (const [, name] of text.matchAll(/(?:from |import\()'([.#][^']+)'/g))
    await reached(join(name![0] === '#' ? imports[name!]! : join(dirname(path), name!)), imports, found);
  return found;
}

test('the package contains what its entry points need, with types, and nothing of the service', async () => {
  const { version, type, sideEffects, exports, imports } = await manifest();
  const own = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  expect({ version, type, sideEffects }).toEqual({
    version: own.version,
    type: 'module',
    sideEffects: false,
  });
  const browser = await reached(join(exports['.'].default), imports);
  const files = (await readdir(home, { recursive: true })).filter((file) => file.endsWith('.js'));
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const text = await readFile(join(home, file), 'utf8');
    expect(text, file).not.toMatch(/nestjs|ioredis|h3-js/);
    if (browser.has(file)) expect(text, file).not.toMatch(/['"]node:/);
    expect(await readFile(join(home, file.replace(/\.js$/, '.d.ts')), 'utf8')).not.toMatch(/nestjs|ioredis/);
  }
  for (const name of ['README.md', 'LICENSE'])
    expect((await readFile(join(home, name), 'utf8')).length).toBeGreaterThan(500);
});

const CONSUMER = `
import { DriverClient, HexfleetError, Marker, RiderClient, type Fix, type Trip } from '@hexfleet/sdk';

const fix: Fix = { t: Date.now(), lat: 40.7, lng: -74, speedMps: null };
const driver = new DriverClient({ token: () => 'token' });
driver.report(fix);
driver.on('sampling', ({ intervalMs }) => intervalMs.toFixed());
const rider = new RiderClient({ token: 'token' });
const marker = new Marker({ maxAheadM: 20 });
rider.on('position', (position) => marker.add(position, Date.now()));
export const follow = async (id: string): Promise<Trip | string> => {
  try {
    return (await rider.watchTrip(id)).trip;
  } catch (error) {
    return error instanceof HexfleetError ? error.code : 'INTERNAL';
  }
};
// @ts-expect-error the latitude of a fix is a number
driver.report({ ...fix, lat: 'north' });
// @ts-expect-error riders have no fleet events
rider.on('fleet', () => {});
`;

test.each([
  ['bundler', 'esnext', 'false'],
  // Checking every declaration of the package and its dependencies once is enough.
  ['node16', 'node16', 'true'],
])(
  'its types compile in an app (moduleResolution %s)',
  { timeout: 120_000 },
  async (moduleResolution, module, skipLibCheck) => {
    await writeFile(join(app, 'consumer.ts'), CONSUMER);
    const options = { module, moduleResolution, skipLibCheck, target: 'es2022', lib: 'es2023,dom' };
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const { code, output } = await runProgram(
      process.execPath,
      [TSC, '--noEmit', '--strict', ...flags, 'consumer.ts'],
      app,
    );
    expect(output).toBe('');
    expect(code).toBe(0);
  },
);

test('the example in its README runs as printed in Node.js without other packages', async () => {
  const readme = await readFile(join(home, 'README.md'), 'utf8');
  const example = /```js example\n(.*?)```/s.exec(readme)?.[1];
  await writeFile(join(app, 'example.js'), example!.replace('http://localhost:3000', system.url));
  const program = startProgram(process.execPath, ['example.js'], app);
  await expect
    .poll(() => program.output().trim().split('\n').sort())
    .toEqual(['dispatch sees grace, busy', 'the rider draws the car at 40.7492, -73.9851']);
  await program.end();
});

describe('in a browser', () => {
  /**
   * The chunks that a page loads initially, their bytes after gzip, the package files in them, and the chunks that it loads
   * only when needed.
   */
  async function pageWith(source: string) {
    const input = join(app, 'page.js');
    await writeFile(input, source);
    vi.stubEnv('NODE_ENV', 'production'); // excludes development code of libraries
    const built = await build({
      root: app,
      configFile: false,
      logLevel: 'error',
      build: { write: false, modulePreload: false, rollupOptions: { input } },
    });
    vi.unstubAllEnvs();
    const chunks = (built as Rolldown.RolldownOutput).output.filter((part) => part.type === 'chunk');
    const first = new Set(chunks.filter(({ isEntry }) => isEntry));
    for (const { imports } of first)
      for (const chunk of chunks) if (imports.includes(chunk.fileName)) first.add(chunk);
    const loaded = [...first].flatMap(({ modules }) => Object.keys(modules));
    const later = chunks.filter((chunk) => !first.has(chunk)).flatMap(({ modules }) => Object.keys(modules));
    const filesOf = (ids: string[]) =>
      ids.filter((id) => id.startsWith(home)).map((id) => id.slice(`${home}/lib/`.length));
    const code = [...first].map((chunk) => chunk.code).join('');
    const bytes = gzipSync(code, { level: 9 }).length;
    return { loaded, bytes, files: filesOf(loaded), later: filesOf(later) };
  }

  test('a rider page loads no driver or dispatcher code and no schemas', async () => {
    const page = await pageWith(
      "import { RiderClient } from '@hexfleet/sdk'; globalThis.Rider = RiderClient;",
    );
    expect(page.files).toContain('sdk/src/rider.js');
    expect(page.files).toContain('sdk/src/connection/connection.js');
    const absent =
      /sdk\/src\/(driver|dispatch|api\/(api|driver-api)|outbox\/.*|marker\/.*)\.js|(schemas|codes)\.js/;
    expect(page.files.filter((file) => absent.test(file))).toEqual([]);
    expect(page.loaded.filter((id) => id.includes('/zod/'))).toEqual([]);
  });

  test('the HTTP fallback is loaded only when needed', async () => {
    const page = await pageWith("import { RiderClient } from '@hexfleet/sdk'; globalThis.R = RiderClient;");
    expect(page.later).toContain('sdk/src/http-fallback/http-fallback.js');
    expect(
      page.files.filter((file) => /http-fallback\/(http-fallback|events-source|poll-source)/.test(file)),
    ).toEqual([]);
    expect(page.loaded.filter((id) => /eventsource/.test(id))).toEqual([]);
  });

  test('a rider page has the size stated in the README', async () => {
    const page = await pageWith("import { RiderClient } from '@hexfleet/sdk'; globalThis.R = RiderClient;");
    const [, stated] = /loads ([\d.]+) kB/.exec(await readFile(join(home, 'README.md'), 'utf8'))!;
    expect(Math.abs(page.bytes / 1_000 / Number(stated) - 1), `${page.bytes} bytes`).toBeLessThan(0.05);
  });

  test('a driver page loads the driver code', async () => {
    const page = await pageWith("import { DriverClient } from '@hexfleet/sdk'; globalThis.D = DriverClient;");
    expect(page.files).toContain('sdk/src/driver.js');
    expect(page.files).not.toContain('sdk/src/rider.js');
  });
});
