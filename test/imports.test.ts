import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');

/** Rows of the table of the code layout: folder, and what it may import. */
const ROWS = [
  ...read('docs/architecture.md').matchAll(
    /^\| `((?:libs|apps)\/\w+|web|scripts)` \|.*\| ([^|]+) \|$/gm,
  ),
].map(([, folder, imports]) => ({ folder: folder!, imports: imports!.replace(/`|\/lib/g, '') }));

/** Returns the names of the folders whose names in `imports` of package.json a folder uses, without its tests. */
function importedBy(folder: string): Set<string> {
  const files = execFileSync('git', ['ls-files', folder], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((path) => /\.(tsx?|mjs)$/.test(path) && !/\.test\./.test(path));
  const names = files.flatMap((path) => [...read(path).matchAll(/(?:from|import) ?\(?'#([a-z]+)/g)]);
  return new Set(names.map(([, name]) => name!).filter((name) => name !== basename(folder)));
}

function allowedIn(imports: string, above: string[]): string[] {
  const [, exceptions] = /^all of the above but (.*)$/.exec(imports) ?? [];
  if (exceptions === undefined) return imports.split(', ');
  return above.filter((name) => !exceptions.split(' and ').includes(name));
}

test('the table of the code layout has every folder', () => {
  const folders = execFileSync('git', ['ls-files', 'libs', 'apps'], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .flatMap((path) => /^\w+\/\w+(?=\/)/.exec(path) ?? []);
  expect(ROWS.map(({ folder }) => folder)).toEqual(expect.arrayContaining(folders));
});

test.each(ROWS)('$folder imports only what the table allows, of rows above it', ({ folder, imports }) => {
  const above = ROWS.slice(0, ROWS.findIndex((row) => row.folder === folder)).map((row) => basename(row.folder));
  const allowed = allowedIn(imports, above);
  expect([...importedBy(folder)].filter((name) => !allowed.includes(name) || !above.includes(name))).toEqual([]);
});
