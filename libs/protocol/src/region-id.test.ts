import { isValidCell } from 'h3-js';
import { expect, test } from 'vitest';
import { ProtocolError } from './codes.js';
import { isRegion } from './region-id.js';
import { Region } from './regions.js';

test('a region is every cell of resolution 3 that H3 knows, and nothing else', () => {
  let regions = 0;
  for (let bits = 0; bits < 65_536; bits += 1) {
    const text = `83${bits.toString(16).padStart(4, '0')}fffffffff`;
    expect(isRegion(text), text).toBe(isValidCell(text));
    regions += Number(isRegion(text));
  }
  expect(regions).toBe(41_162);
  for (const text of [
    '',
    '842a107ffffffff',
    '832a10',
    '832A10fffffffff',
    '832a10fffffffff\n',
    '83ffffffffffffff',
  ])
    expect(isRegion(text), text).toBe(false);
});

test('what is no region is refused with a code', () => {
  for (const region of ['83fffffffffffff', '842a107ffffffff', '', 5, null, undefined]) {
    const { success, error } = Region.safeParse(region);
    expect([success, error?.issues[0]?.message]).toEqual([false, 'BAD_REGION']);
  }
  expect(new ProtocolError('BAD_REGION').failure.retry).toBe(false);
  expect(Region.parse('832a10fffffffff')).toBe('832a10fffffffff');
});
