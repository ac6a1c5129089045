import { expect, test } from 'vitest';
import { reached } from '../report.js';
import { agreementCheck, figureChecks, type Row, table } from './rows.js';

const row = (more: Partial<Row>): Row => ({
  question: 'moves per s',
  judged: 'ratio',
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
const held = (one: Row) => figureChecks([one]).map(reached);

test('each row is checked against its bound, as a ratio or as an absolute figure', () => {
  expect(held(row({}))).toEqual([true]);
  expect(held(row({ ratio: 1.9 }))).toEqual([false]);
  expect(held(row({ judged: 'figure', hexfleet: 8, bound: { atMost: 9 } }))).toEqual([true]);
  expect(held(row({ judged: 'figure', hexfleet: 9.1, bound: { atMost: 9 } }))).toEqual([false]);
});

test('one answer that differs, in any row, misses', () => {
  expect(reached(agreementCheck([row({}), row({})]))).toBe(true);
  expect(reached(agreementCheck([row({}), row({ differing: 1 })]))).toBe(false);
});

test('a line per row, with what must be and the aim', () => {
  const lines = table([row({}), row({ judged: 'figure', bound: { atMost: 9 }, aim: 5 })]).split('\n');
  expect(lines[0]).toBe(
    '| question | drivers | Hexfleet (spread) | one flat geo set (spread) | Hexfleet : flat | must be | aim |',
  );
  expect(lines[2]).toBe('| moves per s | 10 | 200 (1.0) | 100 (1.0) | 2.00 × | at least 2 × | 3 × |');
  expect(lines[3]).toContain('| at most 9 | 5 |');
});
