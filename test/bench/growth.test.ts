import { expect, test } from 'vitest';
import { type Row, shapeOf } from './growth.js';

const shape = (...figures: Array<[size: number, value: number]>): string =>
  shapeOf(
    figures.map(([factor, value]): Row => ({ part: 'p', size: String(factor), factor, figures: { value } })),
    'p',
    'value',
  );

test('the shape of a growth follows from the first and the last size', () => {
  expect(shape([1_000, 20], [10_000, 22], [100_000, 24])).toBe('flat');
  expect(shape([1, 30], [2, 25], [4, 20])).toBe('falls');
  expect(shape([2, 100], [4, 190], [6, 310])).toBe('linear');
  expect(shape([1_000, 10], [100_000, 60])).toBe('less than linear');
  expect(shape([1, 10])).toBe('');
});
