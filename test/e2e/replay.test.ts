import { spawn } from 'node:child_process';
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

test('a recording is replayed and every fix accounted for', async () => {
  const { code, output } = await replay('test/traces/loop.ndjson', '--speed', '200', '--url', system.url);
  expect(output).toMatch(/drivers +2, 2 with the rider on another node/);
  const count = (row: string) => Number(new RegExp(`^ +${row} +(\\d+)`, 'm').exec(output)?.[1]);
  expect({
    sent: count('sent'),
    accepted: count('accepted'),
    late: count('late'),
    repeated: count('repeated'),
    implausible: count('implausible'),
    seen: count('received by riders'),
  }).toEqual({ sent: 242, accepted: 240, late: 0, repeated: 1, implausible: 1, seen: 240 });
  expect(output).toMatch(/p50 [\d.]+ ms, p99 [\d.]+ ms/);
  expect(code).toBe(0);
});

test('invalid arguments are reported in one line', async () => {
  expect(await replay()).toMatchObject({ code: 1, output: expect.stringContaining('Usage: npm run replay') });
  expect(await replay('nowhere.ndjson')).toMatchObject({
    code: 1,
    output: expect.stringContaining('nowhere.ndjson'),
  });
  expect(await replay('README.md')).toMatchObject({ code: 1, output: expect.stringContaining('line 1') });
});
