import { expect, test } from 'vitest';
import { isPublicAddress, lookupPublic } from './public-address.js';
import { isAllowedEndpoint } from './push-endpoint.js';

const ANY = { pushHosts: [], pushLoopback: false };

test.each([
  'https://fcm.googleapis.com/fcm/send/abc',
  'https://updates.push.services.mozilla.com/wpush/v2/abc',
  'https://web.push.apple.com/abc',
  'https://203.0.114.7/abc',
])('messages may be sent to %s', (endpoint) => {
  expect(isAllowedEndpoint(endpoint, ANY)).toBe(true);
});

test.each([
  'http://push.example.com/abc',
  'https://push.example.com:8443/abc',
  'https://user:secret@push.example.com/abc',
  'https://localhost/abc',
  'https://redis/abc',
  'https://metadata.google.internal/abc',
  'https://printer.local./abc',
  'https://127.0.0.1/abc',
  // Other spellings of the same addresses.
  'https://2130706433/abc',
  'https://0x7f.1/abc',
  'https://[::1]/abc',
  'https://[::ffff:10.0.0.1]/abc',
  'https://[fd00::1]/abc',
  'https://169.254.169.254/latest/meta-data',
  'https://10.1.2.3/abc',
  'file:///etc/passwd',
  'nonsense',
])('no message is sent to %s', (endpoint) => {
  expect(isAllowedEndpoint(endpoint, ANY)).toBe(false);
});

test('a list of hosts allows these and those below, and no others', () => {
  const list = { pushHosts: ['push.apple.com', 'push.internal'], pushLoopback: false };
  const allowed = (endpoint: string) => isAllowedEndpoint(endpoint, list);
  expect(allowed('https://web.push.apple.com/a')).toBe(true);
  expect(allowed('https://push.internal/a')).toBe(true);
  expect(allowed('https://evilpush.apple.com/a')).toBe(false);
  expect(allowed('https://push.apple.com.evil.example/a')).toBe(false);
  expect(allowed('https://fcm.googleapis.com/a')).toBe(false);
});

test('loopback addresses are allowed by a setting only', () => {
  expect(isAllowedEndpoint('http://127.0.0.1:9/a', { pushHosts: [], pushLoopback: true })).toBe(true);
  expect(isAllowedEndpoint('http://10.0.0.1:9/a', { pushHosts: [], pushLoopback: true })).toBe(false);
});

test.each([
  ['8.8.8.8', true],
  ['2606:4700::1111', true],
  ['192.168.1.1', false],
  ['100.64.0.1', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['::ffff:127.0.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['64:ff9b::7f00:1', false],
  ['fe80::1', false],
  ['240.0.0.1', false],
  ['no address', false],
])('%s is a public address: %s', (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic);
});

test('a name that resolves to a private address is not connected to', async () => {
  const refused = (all: boolean) =>
    new Promise((resolve) => lookupPublic('localhost', { all }, (error) => resolve(error?.message)));
  expect(await refused(true)).toBe('localhost has no public address');
  expect(await refused(false)).toBe('localhost has no public address');
});
