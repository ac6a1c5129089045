// npm run docs:protocol: writes the generated tables of docs/protocol.md.
import './lib/node-version.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { buildIfNeeded } from './build.mjs';
import { print, report } from './lib/console.mjs';
import { stopOnSignals } from './lib/groups.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { inRoot } from './lib/root.mjs';

stopOnSignals(() => undefined);
try {
  await installIfNeeded();
  await buildIfNeeded();
  const { restTables, wireTables, withTables } = await import('#protocol/docs');
  const path = inRoot('docs/protocol.md');
  const before = readFileSync(path, 'utf8');
  const after = withTables(before, { ...wireTables(), ...restTables() });
  if (after !== before) writeFileSync(path, after);
  print(after === before ? 'docs/protocol.md is up to date.' : 'docs/protocol.md was written.');
} catch (error) {
  report(error);
  process.exit(1);
}
