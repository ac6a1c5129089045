import { describe, expect, test } from 'vitest';
import { shapeOf } from './shape.js';

const shape = (...points: Array<[size: number, value: number]>): string =>
  shapeOf(points.map(([size, value]) => ({ size, value })));

describe('the shape of a growth', () => {
  test('is flat as long as the figures differ by less than noise', () => {
    expect(shape([1_000, 20], [10_000, 22], [100_000, 24])).toBe('flat');
    expect(shape([0, 100], [500, 90], [2_000, 110])).toBe('flat');
  });

  test('is linear when each step adds in proportion to the size, with or without a fixed part', () => {
    expect(shape([2, 100], [4, 190], [6, 310])).toBe('linear');
    expect(shape([1_000, 105], [10_000, 148], [100_000, 610])).toBe('linear');
    expect(shape([0, 10], [500, 260], [2_000, 1_010])).toBe('linear');
  });

  test('is logarithmic when each tenfold size adds the same', () => {
    expect(shape([1_000, 10], [10_000, 21], [100_000, 29])).toBe('logarithmic');
    expect(shape([2, 100], [20, 210], [200, 290], [2_000, 405])).toBe('logarithmic');
  });

  test('is falling or irregular when the figure does not grow', () => {
    expect(shape([1, 30], [2, 25], [4, 20])).toBe('falls');
    expect(shape([1, 30], [2, 90], [4, 33])).toBe('irregular');
  });

  test('is not fitted to two sizes, and unknown for one', () => {
    expect(shape([2_000, 574], [20_000, 2_143])).toBe('less than linear');
    expect(shape([2_000, 661], [20_000, 6_665])).toBe('linear');
    expect(shape([1, 10])).toBe('');
  });
});
