import { io } from 'socket.io-client';
import { describe, expect } from 'vitest';
import { WebSocket } from 'ws';
import { connectStock, drive } from '../fixtures/clients.js';
import { mapConcurrently } from '../fixtures/map-concurrently.js';
import { connectPacket, RawPolling } from '../fixtures/polling.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
});

describe('a namespace that does not exist', () => {
  test.each(['/drivers', '/driver/', '/Driver', '/', '/_0', '/driver/7'])(
    '%s is refused with those that do',
    async (namespace) => {
      const socket = io(`${system.url}${namespace}`, {
        forceNew: true,
        transports: ['websocket'],
        reconnection: false,
        auth: { token: await system.token('driver', 'nowhere') },
      });
      const error = await new Promise<Error & { data?: unknown }>((resolve) =>
        socket.once('connect_error', resolve),
      );
      socket.disconnect();
      expect(error.data).toEqual({
        code: 'NO_NAMESPACE',
        message: expect.any(String),
        retry: false,
        namespaces: ['/driver', '/rider', '/dispatch'],
      });
    },
  );

  test('leaves nothing behind on the connection, where existing ones still work', async () => {
    const raw = await RawPolling.open(system.gateways[0]!.url);
    await raw.post([connectPacket('/drivers', 'x'), connectPacket('/drivers', 'x')]);
    await raw.post([connectPacket('/driver', await system.token('driver', 'lost-and-found'))]);
    let packets = '';
    await expect
      .poll(async () => {
        packets += (await raw.poll())?.join('\n') ?? '';
        return packets;
      })
      .toContain('"hello"');
    expect(packets.match(/NO_NAMESPACE/g)).toHaveLength(2);
  });
});

describe('the origin of a handshake', () => {
  const openWebSocket = (origin: string | undefined, headers: Record<string, string> = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const url = `${system.gateways[0]!.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
      const socket = new WebSocket(url, { headers: { ...(origin !== undefined && { origin }), ...headers } });
      socket.once('open', () => {
        socket.close();
        resolve(101);
      });
      socket.once('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      socket.once('error', reject);
    });
  const poll = (origin: string) =>
    fetch(`${system.gateways[0]!.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });

  test('is not needed, because an app that is no page has none', async () => {
    expect(await openWebSocket(undefined)).toBe(101);
  });

  test('may be that of the service itself, also behind a proxy that ends TLS', async () => {
    expect(await openWebSocket(new URL(system.gateways[0]!.url).origin)).toBe(101);
    expect(await openWebSocket('https://cars.example', { 'x-forwarded-host': 'cars.example' })).toBe(101);
  });

  test('may be a page of this machine in the demo, and then polling is open to it, too', async () => {
    const origin = 'http://localhost:5173';
    expect(await openWebSocket(origin)).toBe(101);
    const answer = await poll(origin);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  });

  test.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://', 'nonsense'])(
    'may not be %s',
    async (origin) => {
      expect(await openWebSocket(origin)).toBe(400);
      const answer = await poll(origin);
      expect(answer.status).toBe(403);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(await answer.text()).toContain('BAD_ORIGIN');
    },
  );
});

test('the request right after a polling handshake finds its session, a thousand times in a row', async () => {
  const statuses = await mapConcurrently(Array.from({ length: 1_000 }), 10, async () => {
    const raw = await RawPolling.open(system.url);
    // It ends the session, so that the thousand need no memory.
    return raw.post(['1']);
  });
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
}, 120_000);

describe('a packet that is not valid Socket.IO', () => {
  test.each([
    ['truncated JSON', '42/driver,1["status","avail'],
    ['a reserved event name', '42/driver,1["disconnect",{}]'],
    ['no name at all', '42/driver,1[{}]'],
  ])('ends its own connection, and no other: %s', async (_, packet) => {
    const token = await system.token('driver', 'garbled');
    const bystander = await connectStock(system.gateways[0]!.url, '/driver', token);
    const raw = await RawPolling.open(system.gateways[0]!.url);
    await raw.post([connectPacket('/driver', token)]);
    await expect.poll(async () => (await raw.poll())?.join('')).toContain('"sid"');
    await raw.post([packet]);
    await expect.poll(async () => await raw.poll()).toBeNull();
    expect(bystander.socket.connected).toBe(true);
    expect(await bystander.socket.emitWithAck('fixes', drive(1))).toMatchObject({ ok: true });
    bystander.socket.disconnect();
  });
});
