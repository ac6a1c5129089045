// npm run docs:protocol: writes the generated tables of docs/protocol.md.
import './lib/node-version.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { buildIfNeeded } from './build.mjs';
import { print } from './lib/console.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { runScript } from './lib/processes.mjs';
import { inRoot } from './lib/root.mjs';

await runScript(async () => {
  await installIfNeeded();
  await buildIfNeeded();
  const { restTables, wireTables, withTables } = await import('#protocol/docs');
  const path = inRoot('docs/protocol.md');
  const before = readFileSync(path, 'utf8');
  const after = withTables(before, { ...wireTables(), ...restTables() });
  if (after !== before) writeFileSync(path, after);
  print(after === before ? 'docs/protocol.md is up to date.' : 'docs/protocol.md was written.');
});
