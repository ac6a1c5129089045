import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sequence } from './sequence.js';

test('whatever the order of arrival, each one has its turn once, after the ones before it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 })), fc.nat(5), (arrivals, start) => {
      const order = new Sequence(start);
      const given = arrivals.flatMap((seq) => order.take({ seq }).map((item) => item.seq));
      expect(given).toEqual(given.map((_, i) => start + 1 + i));
      expect(order.last).toBe(start + given.length);
      const came = new Set(arrivals);
      expect(came.has(order.last + 1)).toBe(false);
      expect(order.hasGap).toBe([...came].some((seq) => seq > order.last));
    }),
  );
});
