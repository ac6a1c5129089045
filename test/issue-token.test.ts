import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { policyOf, RemoteKeys, Tokens } from '#realtime';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SECRET = 'a secret of the tests, at least 32 characters';
const dir = mkdtempSync(join(tmpdir(), 'hexfleet-tokens-'));
// A module is looked for beside the program, wherever it runs.
symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const run = (program: string, ...args: string[]): string[] =>
  execFileSync(program, args, {
    cwd: dir,
    env: { PATH: process.env.PATH, HEXFLEET_JWT_SECRET: SECRET },
    encoding: 'utf8',
  })
    .trim()
    .split('\n');

test('a backend in Python issues tokens with the shared secret', async () => {
  const [token] = run(
    'python3',
    join(ROOT, 'examples/issue_token.py'),
    'driver',
    'guido',
    '{"fleet": "blue"}',
  );
  expect(await new Tokens(policyOf(SECRET)).verify(token)).toMatchObject({
    userId: 'guido',
    role: 'driver',
    fleet: 'blue',
  });
});

test('a backend in Node issues tokens with a private key, whose public half gateways fetch', async () => {
  const program = join(ROOT, 'examples/issue-token.mjs');
  const [token, keySet] = run(process.execPath, program, 'rider', 'ada');
  const [again] = run(process.execPath, program, 'dispatcher', 'grace', '{"readOnly": true}');
  const issuer = createServer((_, response) => response.end(keySet));
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const keys = new RemoteKeys(`http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`);
  try {
    await keys.start();
    const tokens = new Tokens({ keys: [keys], issuers: ['https://id.example'], audiences: ['hexfleet'] });
    expect(await tokens.verify(token)).toMatchObject({ userId: 'ada', role: 'rider' });
    expect(await tokens.verify(again)).toMatchObject({ role: 'dispatcher', isReadOnly: true });
  } finally {
    keys.close();
    issuer.close();
  }
});
