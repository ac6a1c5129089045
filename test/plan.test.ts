import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { RIDER_INTERVAL_MS } from '#protocol';

const SCRIPT = fileURLToPath(new URL('../scripts/plan.mjs', import.meta.url));
const MODEL = fileURLToPath(new URL('../scripts/plan/model.mjs', import.meta.url));
const CONSTANTS = fileURLToPath(new URL('../scripts/plan/constants.json', import.meta.url));
const PAGE = fileURLToPath(new URL('../docs/scale.md', import.meta.url));
const PLOT = fileURLToPath(new URL('../docs/images/plan.svg', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'hexfleet-plan-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** Round figures, so that the results can be computed by hand. */
const constants = join(dir, 'constants.json');
writeFileSync(
  constants,
  JSON.stringify({
    fix: { gatewayUs: 40, processorUs: 20, redisUs: 10, bytesIn: 100, bytesOut: 50 },
    delivery: { us: 10, bytes: 200 },
    update: { frames: 1, bytes: 1_000 },
    vehicle: { bytes: 100 },
    connection: { kb: 10, idleUsPerS: 0 },
    driver: { bytes: 500 },
    trackFix: { bytes: 20 },
    user: { bytes: 0 },
  }),
);

const run = (...args: string[]): string =>
  execFileSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });

type Limit = { what: string; times: number };

const limits = (...args: string[]): Limit[] =>
  (JSON.parse(run('--constants', constants, '--json', ...args)) as Array<{ limits: Limit[] }>)[0]!.limits;

const limit = (name: string, ...args: string[]): number | undefined =>
  limits(...args).find(({ what }) => what.startsWith(name))?.times;

function plan(...args: string[]): Record<string, string> {
  const text = run('--constants', constants, ...args);
  const cells = text
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| ?| ?\|$/g, '').trim()));
  return Object.fromEntries(cells.map(([name, value]) => [name, value]));
}

const LOAD = [
  ...['--drivers', '100000', '--interval', '5', '--on-trip', '0.5', '--track-hours', '1'],
  ...['--riders', '100000', '--looking', '0.1', '--dispatchers', '1000'],
];

test('a plan follows from the costs', () => {
  expect(plan(...LOAD)).toMatchObject({
    'fixes a second': '20 k',
    // Riders of trips 10 k, an update for 10,000 riders every five seconds 2 k, four cells of two processors for each dispatcher 8 k.
    'deliveries a second': '20.0 k',
    connections: '201 k',
    // 20,000 × 40 µs + 20,000 × 10 µs is one core; 40,000 connections each make it six.
    gateways: '6 (1.0 cores busy)',
    processors: '2 (0.4 cores busy)',
    'Redis masters, each with a replica': '1 (0.2 cores busy)',
    'vCPUs at half load': '4',
    'memory of the gateways': '2.0 GB',
    // 100,000 × 500 bytes and 72 million fixes of 20 bytes
    'memory of Redis, without replicas': '1.5 GB',
    'network in': '16 Mbit/s',
    // 1 MB of acks, 2 MB of positions, 2 MB of updates, 20 MB of 200 vehicles a second for each dispatcher
    'network out': '200 Mbit/s',
    'breaks first': 'messages from Redis: each gateway has clients in all cities (0.5 ×)',
  });
});

test('a rider who looks at cars gets an update at the interval of the protocol', async () => {
  const { RIDER_INTERVAL_S } = (await import(`${MODEL}`)) as { RIDER_INTERVAL_S: number };
  expect(RIDER_INTERVAL_S * 1_000).toBe(RIDER_INTERVAL_MS);
});

test('a city, a country and the world have each a first limit and a remedy of their own', () => {
  const lines = run().split('\n');
  const cellsOf = (row: string) =>
    lines
      .find((line) => line.startsWith(`| ${row} |`))!
      .split(' | ')
      .slice(1);
  const first = cellsOf('breaks first');
  expect(first[0]).toMatch(/^one Redis: its memory/);
  expect(first[1]).toMatch(/^messages from Redis/);
  expect(first[2]).toMatch(/^one cluster: the distance/);
  const remedies = cellsOf('remedy');
  expect(new Set(remedies).size).toBe(3);
  // A plan has as many of these as it needs.
  for (const text of [...first, ...remedies]) expect(text).not.toMatch(/more (gateways|processors|masters)/);
});

test('a whole fleet in one region is limited by the master that holds it', () => {
  const load = ['--drivers', '50000', '--riders', '1', '--track-hours', '0.01', '--interval', '1'];
  expect(limit('the largest region: the thread', ...load)).toBeCloseTo(1);
  expect(limit('the largest region: the thread', ...load, '--largest-region', '25000')).toBeCloseTo(0.5);
});

test('the tracks of a region do not spread over masters', () => {
  const load = ['--drivers', '50000', '--riders', '1', '--interval', '4', '--track-hours', '24'];
  // 50,000 × 500 bytes, and 1.08 billion fixes of 20 bytes, of 16 GB
  expect(limit('the largest region: the memory', ...load)).toBeCloseTo(1.35);
});

test('limits that a smaller size has removed do not come back', () => {
  const names = (drivers: string) => limits('--drivers', drivers).map(({ what }) => what);
  expect(names('50000')).toContain('one Redis: its one thread');
  expect(names('500000')).not.toContain('one Redis: its one thread');
});

test('the page about scale has the current plan, and every constant with its source', () => {
  const page = readFileSync(PAGE, 'utf8');
  expect(page).toContain(run().trim());
  const known = JSON.parse(readFileSync(CONSTANTS, 'utf8')) as Record<string, Record<string, number>>;
  for (const [part, costs] of Object.entries(known)) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${part}\``))!;
    for (const value of Object.values(costs)) expect(row).toContain(value.toLocaleString('en'));
    expect(row).toMatch(/`npm run bench -- [a-z]+|assumed/);
  }
});

test('the plot of the page is the current one', () => {
  const svg = join(dir, 'current.svg');
  run('--svg', svg);
  expect(readFileSync(svg, 'utf8')).toBe(readFileSync(PLOT, 'utf8'));
});

test('the plot has a line for each part', () => {
  const svg = join(dir, 'plan.svg');
  plan('--svg', svg);
  expect(readFileSync(svg, 'utf8').match(/class="line"/g)).toHaveLength(3);
});

test('a bad number is refused with its name', () => {
  expect(() => execFileSync(process.execPath, [SCRIPT, '--drivers', 'many'], { stdio: 'pipe' })).toThrow(
    /--drivers is a number above 0/,
  );
});
