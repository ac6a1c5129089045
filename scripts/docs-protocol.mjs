// npm run docs:protocol: writes the tables of docs/protocol.md, which come from the table of the wire.
import './lib/node-version.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { buildIfNeeded } from './build.mjs';
import { report, say } from './lib/console.mjs';
import { stopOnSignals } from './lib/groups.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { inRoot } from './lib/root.mjs';

const FILE = 'docs/protocol.md';

stopOnSignals(() => undefined);
try {
  await installIfNeeded();
  await buildIfNeeded();
  const { withTables } = await import('../dist/libs/protocol/src/docs/index.js');
  const before = readFileSync(inRoot(FILE), 'utf8');
  const after = withTables(before);
  writeFileSync(inRoot(FILE), after);
  say(after === before ? `${FILE} is up to date.` : `${FILE} is written.`);
} catch (error) {
  report(error);
  process.exit(1);
}
