import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let system: System;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
});

function replay(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [`${ROOT}dist/apps/simulator/src/replay/main.js`, ...args], {
    cwd: ROOT,
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, output })));
}

const countsIn = (output: string) => {
  const count = (row: string) => Number(new RegExp(`^ +${row} +(\\d+)`, 'm').exec(output)?.[1]);
  return {
    sent: count('sent'),
    accepted: count('accepted'),
    late: count('late'),
    repeated: count('repeated'),
    implausible: count('implausible'),
    seen: count('received by riders'),
  };
};

test('a recording played faster than recorded is for the track, and every fix is accounted for', async () => {
  const { code, output } = await replay('test/traces/loop.ndjson', '--speed', '200', '--url', system.url);
  expect(output).toMatch(/drivers +2, 2 with the rider on another node/);
  const { accepted, late, seen, ...others } = countsIn(output);
  expect(others).toEqual({ sent: 242, repeated: 1, implausible: 1 });
  expect(accepted + late).toBe(240);
  expect(late).toBeGreaterThan(200);
  expect(seen).toBeLessThanOrEqual(accepted);
  expect(code).toBe(0);
});

test('a recording played as recorded is followed live', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hexfleet-replay-'));
  const lines = (await readFile(`${ROOT}test/traces/loop.ndjson`, 'utf8')).split('\n').slice(0, 6);
  await writeFile(join(folder, 'start.ndjson'), lines.join('\n'));
  const { code, output } = await replay(join(folder, 'start.ndjson'), '--url', system.url);
  expect(countsIn(output)).toEqual({ sent: 6, accepted: 6, late: 0, repeated: 0, implausible: 0, seen: 6 });
  expect(output).toMatch(/p50 [\d.]+ ms, p99 [\d.]+ ms/);
  expect(code).toBe(0);
  await rm(folder, { recursive: true });
});

test('a file of another system is played, and what cannot be played is counted before anything is sent', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hexfleet-replay-'));
  const fix = (id: string, t: number | null) =>
    JSON.stringify({ id, t, lat: 40.7 + (t ?? 0) / 1e8, lng: -74 });
  const ids = ['Водитель 5', `${'x'.repeat(40)}-first`, `${'x'.repeat(40)}-second`];
  const lines = ids.flatMap((id) => [fix(id, 0), fix(id, null), fix(id, 2_000)]);
  const [good, bad] = [join(folder, 'day.ndjson'), join(folder, 'bad.gpx')];
  await writeFile(good, Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`, 'utf16le'));
  await writeFile(bad, '<gpx><trk><trkseg><trkpt lat="91" lon="1"/></trkseg></trk></gpx>');
  const played = await replay(good, '--speed', '2', '--url', system.url);
  expect(played.output).toContain('day.ndjson: 3 points without a time were skipped, the first at line 2\n');
  expect(played.output).toMatch(/drivers +3,[\s\S]*sent +6\n[\s\S]*accepted +6\n/);
  expect(played.code).toBe(0);
  const { code, output } = await replay(bad, '--url', system.url);
  expect(code).toBe(1);
  expect(output.trim()).toMatch(/bad\.gpx: trk 1, trkseg 1, trkpt 1: the latitude 91 is not in \[-90, 90\]$/);
  expect(output.trim().split('\n')).toHaveLength(1);
  await rm(folder, { recursive: true });
});

test('invalid arguments are reported in one line', async () => {
  expect(await replay()).toMatchObject({ code: 1, output: expect.stringContaining('Usage: npm run replay') });
  expect(await replay('nowhere.ndjson')).toMatchObject({
    code: 1,
    output: expect.stringContaining('nowhere.ndjson'),
  });
  expect(await replay('README.md')).toMatchObject({ code: 1, output: expect.stringContaining('line 1') });
});
