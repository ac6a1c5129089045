import { expect, test } from 'vitest';
import { addressOf, handshakeLimits } from './handshake-limits.js';

const request = (remoteAddress: string, forwarded?: string) => ({
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  socket: { remoteAddress },
});

test('the address of a client is the one that the outermost proxy has seen, whatever the client has sent', () => {
  expect(addressOf(request('203.0.113.9', '198.51.100.1'), 0)).toBe('203.0.113.9');
  expect(addressOf(request('10.0.0.1', '1.1.1.1, 198.51.100.1'), 1)).toBe('198.51.100.1');
  expect(addressOf(request('10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2'), 2)).toBe('198.51.100.1');
  expect(addressOf(request('10.0.0.1'), 2)).toBe('10.0.0.1');
  expect(addressOf(request('::ffff:198.51.100.1'), 0)).toBe('198.51.100.1');
});

test('the addresses of one IPv6 network count as one', () => {
  expect(addressOf(request('2001:db8:0:1::1'), 0)).toBe(addressOf(request('2001:0db8::1:ffff:0:0:2'), 0));
  expect(addressOf(request('2001:db8:0:1::1'), 0)).not.toBe(addressOf(request('2001:db8:0:2::1'), 0));
  expect(addressOf(request('::1'), 0)).toBe('::1');
});

test('handshakes of one address are limited where the number of proxies is known, and others go on', () => {
  const allowed = handshakeLimits(1);
  const from = (address: string) => request('10.0.0.1', address);
  const count = (address: string) =>
    Array.from({ length: 1_000 }, () => allowed(from(address))).filter(Boolean).length;
  expect(count('198.51.100.1')).toBeLessThan(300);
  expect(allowed(from('198.51.100.2'))).toBe(true);
  expect(count('127.0.0.1')).toBe(1_000);
  const unknown = handshakeLimits(undefined);
  expect(Array.from({ length: 1_000 }, () => unknown(from('198.51.100.1'))).every(Boolean)).toBe(true);
});
