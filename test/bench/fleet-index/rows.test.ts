import { expect, test } from 'vitest';
import { reached } from '../report.js';
import { agreementCheck, figureChecks, type Row, table } from './rows.js';

const row = (more: Partial<Row>): Row => ({
  question: 'moves per s',
  boundOn: 'ratio',
  bound: { atLeast: 2 },
  aim: 3,
  trial: 'moves',
  drivers: 10,
  hexfleet: 200,
  hexfleetSpread: 1,
  flat: 100,
  flatSpread: 1,
  ratio: 2,
  differing: 0,
  compared: 50,
  ...more,
});
const results = (one: Row) => figureChecks([one]).map(reached);

test('each row is checked against its bound, as a ratio or as an absolute figure', () => {
  expect(results(row({}))).toEqual([true]);
  expect(results(row({ ratio: 1.9 }))).toEqual([false]);
  expect(results(row({ boundOn: 'figure', hexfleet: 8, bound: { atMost: 9 } }))).toEqual([true]);
  expect(results(row({ boundOn: 'figure', hexfleet: 9.1, bound: { atMost: 9 } }))).toEqual([false]);
});

test('one differing answer in any row fails the check', () => {
  expect(reached(agreementCheck([row({}), row({})]))).toBe(true);
  expect(reached(agreementCheck([row({}), row({ differing: 1 })]))).toBe(false);
});

test('the table has a line per row with its bound and goal', () => {
  const lines = table([row({}), row({ boundOn: 'figure', bound: { atMost: 9 }, aim: 5 })]).split('\n');
  expect(lines[0]).toBe(
    '| operation | drivers | Hexfleet (spread) | one flat geo set (spread) | Hexfleet : flat | bound | target |',
  );
  expect(lines[2]).toBe('| moves per s | 10 | 200 (1.0) | 100 (1.0) | 2.00 × | at least 2 × | 3 × |');
  expect(lines[3]).toContain('| at most 9 | 5 |');
});
