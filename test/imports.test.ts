import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');
const filesIn = (...folders: string[]) =>
  execFileSync('git', ['ls-files', ...folders], { cwd: ROOT, encoding: 'utf8' }).split('\n');

/** Rows of the table of the code layout: folder, its name in `imports` of package.json, and what it may import. */
const rows = [
  ...read('docs/architecture.md').matchAll(
    /^\| `((?:libs|apps)\/\w+|web|scripts(?:\/lib)?)` \|.*\| ([^|]+) \|$/gm,
  ),
].map(([, folder, allowed]) => ({
  folder: folder!,
  name: basename(folder!.replace(/\/lib$/, '')),
  allowed: allowed!.replace(/`|\/lib/g, ''),
}));

/** Returns the names of the folders that a folder imports, without its tests. */
function importedBy(folder: string): string[] {
  const files = filesIn(folder).filter((path) => /\.(tsx?|mjs)$/.test(path) && !/\.test\./.test(path));
  const found = files.flatMap((path) => [...read(path).matchAll(/(?:from|import) ?\(?'#([a-z]+)/g)]);
  return [...new Set(found.map(([, name]) => name!))];
}

function isAllowed(name: string, allowed: string): boolean {
  const [, exceptions] = /^all of the above but (.*)$/.exec(allowed) ?? [];
  return exceptions === undefined
    ? allowed.split(', ').includes(name)
    : !exceptions.split(' and ').includes(name);
}

test('the table of the code layout has every folder', () => {
  const folders = filesIn('libs', 'apps').flatMap((path) => /^\w+\/\w+(?=\/)/.exec(path) ?? []);
  expect(rows.map(({ folder }) => folder)).toEqual(expect.arrayContaining(folders));
});

// Rows above import nothing from below, so there is no cycle between folders.
test.each(rows)(
  '$folder imports only what the table allows, of rows above it',
  ({ folder, name, allowed }) => {
    const above = rows.slice(
      0,
      rows.findIndex((row) => row.folder === folder),
    );
    const isFine = (each: string) => isAllowed(each, allowed) && above.some((row) => row.name === each);
    expect(importedBy(folder).filter((each) => each !== name && !isFine(each))).toEqual([]);
  },
);
