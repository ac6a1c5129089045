import { request } from 'node:http';
import { connect } from 'node:net';
import { io } from 'socket.io-client';
import { describe, expect } from 'vitest';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
});

const WANTED = JSON.stringify({ role: 'service', sub: 'someone' });
type Answer = { status: number; body: { token?: string; code?: string; retry?: boolean } };

/** Not fetch, which sets Host and Origin itself. */
function ask(headers: Record<string, string>, body = WANTED): Promise<Answer> {
  const { port } = new URL(system.url);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path: '/api/dev/tokens',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode!, body: JSON.parse(text) });
      },
    );
    outgoing.once('error', reject).end(body);
  });
}

const port = () => new URL(system.url).port;
const TOKEN = { status: 201, body: { token: expect.any(String) } };
const NOT_HERE = { status: 403, body: { code: 'DEMO_NOT_HERE', retry: false } };

describe('a demo token', () => {
  test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '[::1]', 'demo.example'])(
    'is issued to a program that requests it at %s',
    async (name) => {
      expect(await ask({ host: `${name}:${port()}` })).toMatchObject(TOKEN);
      expect(await ask({ host: name })).toMatchObject(TOKEN);
    },
  );

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'demo.example.evil.example',
    '192.168.1.5',
    '[::2]',
    'localhost@evil.example',
    'evil.example#localhost',
    'localhost, evil.example',
  ])('is not issued at the rebound host name %s', async (name) => {
    expect(await ask({ host: name })).toMatchObject(NOT_HERE);
    expect(await ask({ host: name, origin: `http://${name}` })).toMatchObject(NOT_HERE);
  });

  test('is issued to a page of the same origin', async () => {
    for (const host of [`localhost:${port()}`, `127.0.0.1:${port()}`, `[::1]:${port()}`, 'demo.example'])
      expect(await ask({ host, origin: `http://${host}` })).toMatchObject(TOKEN);
    // Behind a proxy that terminates TLS.
    expect(await ask({ host: 'demo.example', origin: 'https://demo.example' })).toMatchObject(TOKEN);
  });

  test.each([
    ['http://evil.example'],
    ['http://localhost:1'],
    ['https://localhost'],
    ['http://127.0.0.1'],
    ['null'],
    [''],
  ])('is not issued to a page of the origin "%s"', async (origin) => {
    expect(await ask({ host: `localhost:${port()}`, origin })).toMatchObject(NOT_HERE);
  });

  test('is not issued for a request that an HTML form can send', async () => {
    const form = 'role=service&sub=someone';
    for (const [type, body] of [
      ['application/x-www-form-urlencoded', form],
      ['multipart/form-data; boundary=x', form],
      ['text/plain', WANTED],
      ['text/plain; application/json', WANTED],
      ['', WANTED],
    ] as const)
      expect(await ask({ host: `localhost:${port()}`, 'content-type': type }, body)).toMatchObject({
        status: 415,
        body: { code: 'NOT_JSON', retry: false },
      });
  });

  test('is not issued without a Host header', async () => {
    const socket = connect(Number(port()), '127.0.0.1');
    socket.write(
      `POST /api/dev/tokens HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${WANTED.length}\r\n\r\n${WANTED}`,
    );
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(text).toContain('DEMO_NOT_HERE');
  });
});

test('a page of another origin cannot read a response, and gets no socket', async () => {
  const origin = 'http://evil.example';
  const polled = await fetch(`${system.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });
  const map = await fetch(`${system.url}/api/map`, { headers: { origin } });
  expect([polled.status, map.status]).toEqual([403, 200]);
  for (const { headers } of [polled, map]) expect(headers.get('access-control-allow-origin')).toBeNull();
  const socket = io(`${system.url}/dispatch`, {
    transports: ['websocket'],
    reconnection: false,
    extraHeaders: { origin },
  });
  const refused = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
  expect(refused.message).toBe('websocket error');
  socket.close();
});
