import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Role } from '#protocol';
import { ask, connectStock, type StockClient } from '../../../test/fixtures/clients.js';
import { connectPacket, RawPolling } from '../../../test/fixtures/polling.js';
import { closeNow } from './internals/engine-io.js';
import { guardConnections, SERVER_OPTIONS } from './io-adapter.js';
import { authenticateNamespace, refuseOtherNamespaces } from './namespace.js';
import { policyOf, TokenSigner, Tokens } from './tokens.js';

const SECRET = 'a secret of the tests, at least 32 characters';
const tokens = new Tokens(policyOf(SECRET));
const signer = new TokenSigner(SECRET);
/** Engine.IO packet that ends a connection. */
const CLOSE = '1';
let server: Server;
let url: string;
/** sockets created for a namespace, whether they were accepted or not */
let made: Socket[];
/** sockets that were accepted */
let connected: Socket[];
let clients: StockClient[];
/** whether connections break after their token was accepted, before their socket is connected */
let breaks: boolean;

beforeEach(async () => {
  const http = createServer();
  server = new Server(http, SERVER_OPTIONS);
  guardConnections(server, { maxWaitingBytes: 1_048_576 });
  made = [];
  connected = [];
  clients = [];
  breaks = false;
  for (const name of ['/', '/rider', '/driver'] as const) {
    const io = server.of(name);
    io.use((socket, next) => {
      made.push(socket);
      next();
    });
    if (name === '/') refuseOtherNamespaces(server);
    else authenticateNamespace(io, name, tokens, 'node');
    io.use((socket, next) => {
      if (breaks) closeNow(socket.conn);
      next();
    });
    io.on('connection', (socket) => {
      connected.push(socket);
      socket.on('nearby:watch', (_area, ack) => ack({ ok: true }));
    });
  }
  await new Promise<void>((resolve) => http.listen(0, resolve));
  url = `http://localhost:${(http.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const { socket } of clients) socket.disconnect();
  await server.close();
});

const connect = async (role: Role, sub: string): Promise<StockClient> => {
  const client = await connectStock(url, `/${role}`, await signer.sign(sub, role));
  clients.push(client);
  return client;
};
const codeOf = (connecting: Promise<unknown>) =>
  connecting.then(
    () => 'connected',
    (error) => error.data?.code,
  );
const isOpen = ({ sid }: RawPolling) =>
  Object.hasOwn((server.engine as unknown as { clients: object }).clients, sid);

describe('before a client has authenticated', () => {
  test('its connection is closed after twenty of 30,000 connection requests in one POST', async () => {
    const raw = await RawPolling.open(url);
    await raw.post(Array(30_000).fill('40'));
    expect(isOpen(raw)).toBe(false);
    expect(made.length).toBeLessThanOrEqual(20);
    expect(await raw.poll()).toBeNull();
  });

  test('a POST over 100 kB is not read and closes its connection', async () => {
    const raw = await RawPolling.open(url);
    expect(await raw.post(Array(30_000).fill(connectPacket('/rider', 'x')))).toBe(413);
    await expect.poll(() => isOpen(raw)).toBe(false);
    expect(made).toEqual([]);
  });

  test('packets without a request count too', async () => {
    const raw = await RawPolling.open(url);
    await raw.post(Array(900).fill('3'));
    expect(isOpen(raw)).toBe(true);
    await raw.post(Array(900).fill('3'));
    expect(isOpen(raw)).toBe(false);
  });

  test('its connection is closed when it does not authenticate in time', async () => {
    server.connectTimeout(300);
    const silent = await RawPolling.open(url);
    const refused = await RawPolling.open(url);
    await refused.post([connectPacket('/rider', 'x')]);
    expect(await refused.poll()).toEqual([expect.stringContaining('BAD_TOKEN')]);
    expect(await Promise.all([silent.poll(), refused.poll()])).toEqual([
      expect.arrayContaining([CLOSE]),
      expect.arrayContaining([CLOSE]),
    ]);
    expect(isOpen(silent) || isOpen(refused)).toBe(false);
  });

  test('a token over 8 KB is refused unverified', async () => {
    const long = await signer.sign('x'.repeat(9_000), 'rider');
    expect(await codeOf(connectStock(url, '/rider', long))).toBe('BAD_TOKEN');
  });
});

describe('one connection', () => {
  test.each(['4', '', '9', '42', '42/rider,', '451-/rider,["fixes",{"_placeholder":true,"num":7}]'])(
    'ends with the packet %j, which no client sends, and the server goes on',
    async (packet) => {
      const token = await signer.sign('r', 'rider');
      const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      const closed = new Promise((resolve) => ws.once('close', resolve));
      const greeted = new Promise<void>((resolve) => {
        ws.on('message', (data) => {
          if (String(data).includes('hello')) resolve();
        });
      });
      ws.once('open', () => ws.send(connectPacket('/rider', token)));
      await greeted;
      ws.send(packet);
      ws.close();
      await closed;
      expect(
        await ask(await connect('rider', 'next'), 'nearby:watch', { lat: 1, lng: 2, radiusM: 100 }),
      ).toEqual({ ok: true });
    },
  );

  test('has one socket per namespace, even when it requests several at once', async () => {
    const raw = await RawPolling.open(url);
    const packet = connectPacket('/rider', await signer.sign('r', 'rider'));
    await raw.post([packet, packet, packet]);
    expect(isOpen(raw)).toBe(false);
    const another = await RawPolling.open(url);
    await another.post([packet]);
    await expect.poll(() => connected.length).toBe(1);
    await another.post([packet]);
    await expect.poll(() => connected.filter((socket) => socket.connected)).toEqual([]);
    expect(made.length).toBeLessThanOrEqual(4);
  });

  test('may leave and re-enter a namespace, but only at a limited rate', async () => {
    const raw = await RawPolling.open(url);
    const packet = connectPacket('/rider', await signer.sign('r', 'rider'));
    let entered = 0;
    while (isOpen(raw) && entered < 200) {
      await raw.post([packet]);
      await expect.poll(() => connected.length > entered || !isOpen(raw), { interval: 5 }).toBe(true);
      entered = connected.length;
      await raw.post(['41/rider,']);
    }
    expect(entered).toBeGreaterThanOrEqual(20);
    expect(entered).toBeLessThan(200);
  });

  test('is closed at its fifth refused namespace, after the answer is sent', async () => {
    const raw = await RawPolling.open(url);
    await raw.post([connectPacket('/rider', await signer.sign('r', 'rider'))]);
    await expect.poll(() => connected.length).toBe(1);
    await raw.post(Array(4).fill('40'));
    // The answer to the first request, `hello`, and four refusals.
    const received: unknown[] = [];
    while (received.length < 6) received.push(...(await raw.poll())!);
    expect(received).toHaveLength(6);
    expect(isOpen(raw)).toBe(true);
    const last = raw.poll();
    await raw.post(['40']);
    expect(await last).toEqual([expect.stringContaining('NO_NAMESPACE')]);
    expect(await raw.poll()).toContain(CLOSE);
    expect(isOpen(raw)).toBe(false);
  });

  test('does not keep its token', async () => {
    await connect('rider', 'r');
    expect(JSON.stringify(connected[0]!.handshake)).not.toContain('eyJ');
  });
});

describe('a user', () => {
  test('has at most ten sockets, and can connect again as soon as one ends', async () => {
    const open = await Promise.all(Array.from({ length: 10 }, () => connect('rider', 'r')));
    expect(await codeOf(connect('rider', 'r'))).toBe('TOO_MANY_CONNECTIONS');
    expect(await codeOf(connect('rider', 'another'))).toBe('connected');
    expect(await codeOf(connect('driver', 'r'))).toBe('connected');
    open[0]!.socket.disconnect();
    await expect.poll(() => codeOf(connect('rider', 'r'))).toBe('connected');
    expect(await codeOf(connect('rider', 'r'))).toBe('TOO_MANY_CONNECTIONS');
  });

  test('is not charged for a connection that broke before it was accepted', async () => {
    breaks = true;
    for (let i = 0; i < 10; i += 1) {
      const raw = await RawPolling.open(url);
      await raw.post([connectPacket('/rider', await signer.sign('r', 'rider'))]);
      await expect.poll(() => isOpen(raw), { interval: 5 }).toBe(false);
    }
    breaks = false;
    expect(connected).toEqual([]);
    const open = Array.from({ length: 12 }, () => codeOf(connect('rider', 'r')));
    expect((await Promise.all(open)).filter((code) => code === 'connected')).toHaveLength(10);
  });

  test('has one rate limit across all its sockets, with higher costs for expensive requests', async () => {
    const [one, two] = [await connect('rider', 'r'), await connect('rider', 'r')];
    const other = await connect('rider', 'other');
    const watch = (client: StockClient) => ask(client, 'nearby:watch', { lat: 1, lng: 2, radiusM: 100 });
    const asks = Array.from({ length: 200 }, (_, i) => watch(i % 2 ? one! : two!));
    const answers = await Promise.all(asks);
    const taken = answers.filter(({ ok }) => ok).length;
    // A burst of a hundred, plus what is refilled in the meantime on a slow machine.
    expect(taken).toBeGreaterThanOrEqual(100);
    expect(taken).toBeLessThan(200);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ code: 'RATE_LIMITED', retry: true });
    expect(await watch(other)).toEqual({ ok: true });
  });
});
