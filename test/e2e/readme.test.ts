import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../fixtures/eventually.js';
import { type System, startSystem } from '../fixtures/system.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Within the package, so that the example's imports resolve as they would in it. */
const FILE = `${ROOT}dist/readme-example.mjs`;

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await rm(FILE, { force: true });
  await system.stop();
});

test('the example of the README runs as printed', async () => {
  const readme = await readFile(`${ROOT}README.md`, 'utf8');
  const example = /```js example\n(.*?)```/s.exec(readme)?.[1];
  await writeFile(FILE, example!.replace('http://localhost:3000', system.url));
  const child = spawn(process.execPath, [FILE], { cwd: ROOT });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  await eventually(() => output.includes('driver'));
  const states = ['requested', 'offered', 'accepted'].map((state) => `your trip is ${state}\n`);
  expect(output).toBe(`${states.join('')}your driver is at 40.7492, -73.9851\n`);
  child.kill();
});
