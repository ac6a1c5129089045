import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SCENARIOS, SHORT_FORMS } from './scenarios.js';

const names = SCENARIOS.map(({ name }) => name);
const reliability = readFileSync('docs/reliability.md', 'utf8');
const [faults] = /^\| fault \|[\s\S]*?\n\n/m.exec(reliability)!;

test('every scenario has a short form among the fast tests', () => {
  expect(Object.keys(SHORT_FORMS).sort()).toEqual([...names].sort());
  for (const path of Object.values(SHORT_FORMS)) {
    expect(existsSync(path), path).toBe(true);
    expect(path).not.toContain('.full.');
  }
});

test.each(names)('docs/reliability.md says what %s must hold, what was measured, and its command', (name) => {
  const rows = faults.split('\n').map((line) => line.split(' | '));
  const row = rows.find((cells) => cells.at(-1)?.includes(`npm run chaos -- ${name}\``));
  expect(row, 'no row').toBeDefined();
  expect(row!.length).toBe(4);
  for (const cell of row!) expect(cell.trim()).not.toBe('');
});

test('every bound in docs/reliability.md names a test that exists, and what happens beyond it', () => {
  const [, table] = /^\| what \| default \|.*\n\|[-|]+\|\n([\s\S]*?)(?:\n\n|$)/m.exec(reliability)!;
  const rows = table!
    .trim()
    .split('\n')
    .map((line) => line.slice(2, -2).split(' | '));
  for (const row of rows) {
    const [what, byDefault, , overflow, test] = row.map((cell) => cell.trim());
    expect(row, what).toHaveLength(5);
    for (const cell of [what, byDefault, overflow, test]) expect(cell, what).not.toBe('');
    const path = /\]\(\.\.\/([^)]+)\)/.exec(test!)?.[1];
    if (path === undefined) expect(test, what).toBe('the same');
    else expect(existsSync(path), path).toBe(true);
  }
});
