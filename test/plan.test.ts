import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../scripts/plan.mjs', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'hexfleet-plan-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** Round figures, so that the results can be computed by hand. */
const constants = join(dir, 'constants.json');
writeFileSync(
  constants,
  JSON.stringify({
    fix: { gatewayUs: 40, processorUs: 20, redisUs: 10, bytesIn: 100, bytesOut: 50 },
    delivery: { us: 10, bytes: 200 },
    connection: { kb: 10, idleUsPerS: 0 },
    driver: { bytes: 500 },
    trackFix: { bytes: 20 },
    user: { bytes: 0 },
  }),
);

function plan(...args: string[]): Record<string, string> {
  const text = execFileSync(process.execPath, [SCRIPT, '--constants', constants, ...args], {
    encoding: 'utf8',
  });
  const cells = text
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| ?| ?\|$/g, '').trim()));
  return Object.fromEntries(cells.map(([name, value]) => [name, value]));
}

test('a plan follows from the costs', () => {
  const load = [
    '--drivers',
    '100000',
    '--interval',
    '5',
    '--riders',
    '100000',
    '--on-trip',
    '0.5',
    '--looking',
    '0.1',
  ];
  expect(plan(...load, '--track-hours', '1')).toMatchObject({
    'fixes a second': '20 k',
    'deliveries a second': '20 k',
    connections: '200 k',
    // 20,000 × 40 µs + 20,000 × 10 µs is one core; 40,000 connections each make it five.
    gateways: '5 (1.0 cores busy)',
    processors: '2 (0.4 cores busy)',
    'Redis masters, each with a replica': '1 (0.2 cores busy)',
    'vCPUs at half load': '4',
    'memory of the gateways': '2 GB',
    // 100,000 × 500 bytes and 72 million fixes of 20 bytes
    'memory of Redis, without replicas': '1.5 GB',
    'network in': '16 Mbit/s',
    'network out': '40 Mbit/s',
    'breaks first': 'one gateway: its connections',
  });
});

test('a whole fleet in one region is limited by the master that holds it', () => {
  const load = ['--drivers', '1000000', '--riders', '1', '--track-hours', '0.01', '--interval', '4'];
  expect(plan(...load, '--largest-region', '1000000')['breaks first']).toMatch(/^one gateway/);
  const { limits } = JSON.parse(
    execFileSync(
      process.execPath,
      [SCRIPT, '--constants', constants, ...load, '--largest-region', '1000000', '--json'],
      {
        encoding: 'utf8',
      },
    ),
  )[0] as { limits: Array<{ what: string; times: number }> };
  const region = limits.find(({ what }) => what.startsWith('the largest region'));
  expect(region?.times).toBeCloseTo(5);
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
