import { expect, test } from 'vitest';
import type { Fix } from '#protocol';
import { RefusedFixes } from './refused-fixes.js';

const fix = (t: number): Fix => ({ t, lat: 40.75, lng: -73.98 });

test('the car is hidden while the newest fix was rejected, in whatever order a batch is answered', () => {
  const refused = new RefusedFixes();
  const [first, second, third] = [fix(3), fix(2), fix(1)];
  for (const each of [first, second, third]) refused.add(each!);
  refused.acked([first!, third!]);
  refused.rejected(second!, 'TIME_IN_FUTURE');
  expect(refused.code).toBeNull();
  const fourth = fix(4);
  refused.add(fourth);
  refused.rejected(fourth, 'TIME_IN_FUTURE');
  expect(refused.code).toBe('TIME_IN_FUTURE');
  const fifth = fix(5);
  refused.add(fifth);
  refused.acked([fifth]);
  expect(refused.code).toBeNull();
});

test('a fix of an earlier run that is too old hides nothing', () => {
  const refused = new RefusedFixes();
  refused.rejected(fix(1), 'TIME_TOO_OLD');
  expect(refused.code).toBeNull();
});
