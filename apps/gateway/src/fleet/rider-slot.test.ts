import { expect, test } from 'vitest';
import { msUntil } from './rider-slot.js';

test.each([
  [0, 20_000, 5_000],
  [0, 20_001, 4_999],
  [1_000, 20_000, 1_000],
  [1_000, 21_000, 5_000],
  [4_999.5, 20_000, 4_999.5],
])('the slot %d is reached from %d after %d ms', (slot, now, expected) => {
  expect(msUntil(slot, now)).toBe(expected);
});
