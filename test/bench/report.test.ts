import { expect, test } from 'vitest';
import { markdown, median, reached, spread, verdicts } from './report.js';

test('a check has a lower or upper bound, and fails for a figure that was not measured', () => {
  expect(reached({ what: 'x', found: 2, atLeast: 2 })).toBe(true);
  expect(reached({ what: 'x', found: 1.9, atLeast: 2 })).toBe(false);
  expect(reached({ what: 'x', found: 2, atMost: 2 })).toBe(true);
  expect(reached({ what: 'x', found: 2.1, atMost: 2 })).toBe(false);
  expect(reached({ what: 'x', found: Number.NaN, atMost: 2 })).toBe(false);
  expect(reached({ what: 'x', found: Number.NaN, atLeast: 2 })).toBe(false);
});

test('each check is printed as one verdict line', () => {
  expect(
    verdicts([
      { what: 'p50, ms', found: 6.1, atMost: 6 },
      { what: 'questions', found: 16, atLeast: 15 },
    ]),
  ).toBe('MISSED   p50, ms: 6.100, at most 6\nreached  questions: 16.000, at least 15');
});

test('medians, spreads and tables are computed and formatted', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1])).toBe(2.5);
  expect(spread([3, 1, 2])).toBe(2);
  expect(markdown(['a', 'b'], [[1, 'x']])).toBe('| a | b |\n| --- | --- |\n| 1 | x |');
});
