import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LngLat } from '#sdk';
import { mergeRing, movedRing } from './merge-ring.js';

const BASE: LngLat[] = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
];
const moved = (ring: LngLat[], index: number, to: LngLat) => ring.with(index, to);

test('without edits of others, the ring is as it was drawn', () => {
  expect(mergeRing(BASE, moved(BASE, 1, [5, 1]), BASE)).toEqual(moved(BASE, 1, [5, 1]));
});

test('two vertices that two users move are both moved, also while corners are added and removed', () => {
  const mine = moved(BASE, 1, [5, 1]);
  expect(mergeRing(BASE, mine, moved(BASE, 2, [6, 6]))).toEqual([
    [0, 0],
    [5, 1],
    [6, 6],
    [0, 4],
  ]);
  expect(mergeRing(BASE, mine, [[0, 0], [2, -1], ...BASE.slice(1)])).toEqual([
    [0, 0],
    [2, -1],
    [5, 1],
    [4, 4],
    [0, 4],
  ]);
  expect(mergeRing(BASE, mine, [BASE[1]!, BASE[2]!, BASE[3]!])).toEqual([
    [5, 1],
    [4, 4],
    [0, 4],
  ]);
});

test('of one vertex that two users move, the last place counts', () => {
  expect(mergeRing(BASE, moved(BASE, 1, [5, 1]), moved(BASE, 1, [9, 9]))).toEqual(moved(BASE, 1, [5, 1]));
});

test('a corner is added between the two that it was drawn between', () => {
  const mine: LngLat[] = [BASE[0]!, BASE[1]!, [5, 2], BASE[2]!, BASE[3]!];
  expect(mergeRing(BASE, mine, moved(BASE, 3, [-1, 5]))).toEqual([
    [0, 0],
    [4, 0],
    [5, 2],
    [4, 4],
    [-1, 5],
  ]);
});

test('a corner is removed, but never the last three', () => {
  const mine = BASE.toSpliced(1, 1);
  expect(mergeRing(BASE, mine, moved(BASE, 3, [-1, 5]))).toEqual([
    [0, 0],
    [4, 4],
    [-1, 5],
  ]);
  expect(mergeRing(BASE, mine, [BASE[0]!, BASE[1]!, BASE[2]!])).toHaveLength(3);
});

test('a ring is moved as a whole', () => {
  expect(movedRing(BASE, [0, 0], [1, 2])[2]).toEqual([5, 6]);
});

test('moves of different vertices are all kept, in any order', () => {
  const index = fc.nat(3);
  const place = fc.tuple(fc.integer({ min: 10, max: 99 }), fc.integer({ min: 10, max: 99 }));
  fc.assert(
    fc.property(index, index, place, place, (i, j, a, b) => {
      fc.pre(i !== j);
      const both = moved(moved(BASE, i, a), j, b);
      expect(mergeRing(BASE, moved(BASE, i, a), moved(BASE, j, b))).toEqual(both);
      expect(mergeRing(BASE, moved(BASE, j, b), moved(BASE, i, a))).toEqual(both);
    }),
  );
});
