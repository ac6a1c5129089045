import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sequence } from './sequence.js';

test('whatever the order of arrival, each item is released once, after the ones before it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 })), fc.nat(5), (arrivals, start) => {
      const order = new Sequence(start);
      const released = arrivals.flatMap((seq) => order.take({ seq }).map((item) => item.seq));
      expect(released).toEqual(released.map((_, i) => start + 1 + i));
      expect(order.last).toBe(start + released.length);
      const arrived = new Set(arrivals);
      expect(arrived.has(order.last + 1)).toBe(false);
      expect(order.hasGap).toBe([...arrived].some((seq) => seq > order.last));
    }),
  );
});
