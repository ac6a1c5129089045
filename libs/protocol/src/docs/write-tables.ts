import { readFileSync, writeFileSync } from 'node:fs';
import { restTables, wireTables, withTables } from './index.js';

// npm run docs:protocol: writes the generated tables of docs/protocol.md.
const path = 'docs/protocol.md';
const before = readFileSync(path, 'utf8');
const after = withTables(before, { ...wireTables(), ...restTables() });
if (after !== before) writeFileSync(path, after);
console.log(after === before ? `${path} is up to date.` : `${path} was written.`);
