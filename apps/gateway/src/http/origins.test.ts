import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { corsFor, socketOrigins } from './origins.js';

type Origins = Parameters<typeof corsFor>[0];
const listed: Origins = { corsOrigins: ['https://app.example', 'null'], demo: false };
const nothing: Origins = { corsOrigins: [], demo: false };
const demo: Origins = { corsOrigins: [], demo: true };

const mayConnect = (config: Origins, headers: Record<string, string>) => {
  let isAllowed: boolean | undefined;
  socketOrigins(config).allowRequest!({ headers } as unknown as IncomingMessage, (_, success) => {
    isAllowed = success;
  });
  return isAllowed;
};
const mayRead = (config: Origins, origin?: string) => {
  let found: unknown;
  const decide = (_: unknown, options: { origin?: unknown } = {}) => {
    found = options.origin;
  };
  (corsFor(config) as (request: object, decide: object) => void)({ headers: { origin } }, decide);
  return found;
};

test.each([
  [nothing, 'https://app.example', false],
  [nothing, 'http://localhost:5173', false],
  [listed, 'https://app.example', true],
  [listed, 'null', true],
  [listed, 'http://app.example', false],
  [listed, 'https://app.example.evil.example', false],
  [listed, 'http://localhost:5173', false],
  [demo, 'http://localhost:5173', true],
  [demo, 'https://127.0.0.1', true],
  [demo, 'http://[::1]:80', true],
  [demo, 'http://localhost.evil.example', false],
  [demo, 'capacitor://localhost', false],
  [demo, 'null', false],
])('with %j, a page of %s may connect and read answers: %s', (config, origin, isAllowed) => {
  expect(mayConnect(config, { origin, host: 'cars.example' })).toBe(isAllowed);
  expect(mayRead(config, origin)).toBe(isAllowed);
});

test('a page of the service itself may connect, whatever is listed, and so may an app without an origin', () => {
  expect(mayConnect(nothing, { host: 'cars.example' })).toBe(true);
  expect(mayConnect(nothing, { origin: 'https://cars.example', host: 'cars.example' })).toBe(true);
  expect(mayConnect(nothing, { origin: 'https://cars.example:8443', host: 'cars.example' })).toBe(false);
  expect(
    mayConnect(nothing, {
      origin: 'https://cars.example',
      host: '10.0.0.1',
      'x-forwarded-host': 'cars.example',
    }),
  ).toBe(true);
  expect(mayConnect(nothing, { origin: 'file://', host: '' })).toBe(false);
  expect(mayRead(nothing)).toBe(false);
});
