import { randomBytes } from 'node:crypto';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { connectPacket, RawPolling } from '../../../test/fixtures/polling.js';
import { waitingPackets } from './internals/engine-io.js';
import { guardConnections, SERVER_OPTIONS } from './io-adapter.js';
import { authenticateNamespace } from './namespace.js';
import { runningTime } from './running-time.js';
import { policyOf, TokenSigner, Tokens } from './tokens.js';
import { WatchQueue } from './watch-queue.js';

const MAX_BYTES = 1_048_576;
/** random, so that compressing it makes it no smaller */
const TEXT = randomBytes(37_500).toString('base64');

const SECRET = 'a secret of the tests, at least 32 characters';
const tokens = new Tokens(policyOf(SECRET));
const signer = new TokenSigner(SECRET);
let server: Server;
let port: number;
/** the socket of the client, at the service */
let connected: Socket | null;
/** transports of clients that were disconnected because they read too slowly */
let slow: string[];

beforeEach(async () => {
  const http = createServer();
  server = new Server(http, SERVER_OPTIONS);
  slow = [];
  connected = null;
  guardConnections(server, {
    maxWaitingBytes: MAX_BYTES,
    onSlowReader: (transport) => slow.push(transport),
  });
  const io = server.of('/rider');
  authenticateNamespace(io, '/rider', tokens, 'node');
  io.on('connection', (socket) => {
    connected = socket;
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  port = (http.address() as AddressInfo).port;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server.close();
});

async function connectWebSocket() {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  const received: string[] = [];
  ws.on('message', (data) => received.push(String(data)));
  ws.on('error', () => {});
  await new Promise((resolve) => ws.once('open', resolve));
  ws.send(connectPacket('/rider', await signer.sign('r', 'rider')));
  await expect.poll(() => received.some((packet) => packet.includes('hello'))).toBe(true);
  return { ws, received };
}

const waitingBytes = (): number =>
  waitingPackets(connected!.conn).reduce((sum, { data }) => sum + ((data as string)?.length ?? 0), 0);

/** Sends events until the service has disconnected the client. @returns the most bytes that waited for it */
async function sendUntilDisconnected(event: string): Promise<number> {
  let most = 0;
  for (let i = 0; slow.length === 0 && i < 2_000; i += 1) {
    connected!.emit(event, { tripId: `${i}`, text: TEXT });
    await new Promise((resolve) => setImmediate(resolve));
    most = Math.max(most, waitingBytes());
  }
  return most;
}

test('a WebSocket client that stops reading is disconnected before more than the maximum waits for it', async () => {
  const { ws, received } = await connectWebSocket();
  ws.pause();
  expect(await sendUntilDisconnected('trip')).toBeLessThan(MAX_BYTES + 2 * TEXT.length);
  expect(slow).toEqual(['websocket']);
  expect(connected!.connected).toBe(false);
  ws.resume();
  const closed = new Promise((resolve) => ws.once('close', resolve));
  await closed;
  const refusals = received.filter((packet) => packet.includes('"refused"'));
  expect(refusals).toEqual([expect.stringContaining('"event":"connection","code":"SLOW_READER"')]);
  expect(received.at(-1), 'the namespace was left after it').toBe('41/rider,');
});

test('a WebSocket client that never reads again holds no memory for long', async () => {
  const { ws } = await connectWebSocket();
  ws.pause();
  await sendUntilDisconnected('trip');
  const tcp = (connected!.conn.transport as unknown as { socket: { _socket: { destroyed: boolean } } }).socket
    ._socket;
  await expect.poll(() => tcp === null || tcp.destroyed).toBe(true);
  ws.terminate();
});

/** Sends what the kernel takes at once. */
async function sendSome() {
  for (let i = 0; i < 4; i += 1) {
    connected!.emit('trip', { tripId: `${i}`, text: TEXT });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Sends what the kernel takes at once, and again 16 seconds later. @param clock in which they pass */
async function sendALittle(clock: { now(): number } = runningTime) {
  await sendSome();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const now = clock.now.bind(clock);
  vi.spyOn(clock, 'now').mockImplementation(() => now() + 16_000);
  connected!.emit('trip', { tripId: 'later', text: '' });
  await new Promise((resolve) => setImmediate(resolve));
}

test('a WebSocket client that answers pings without reading is disconnected although the kernel takes everything', async () => {
  const { ws } = await connectWebSocket();
  ws.pause();
  ws.send('3');
  ws.pong('a guess');
  await sendALittle();
  expect(slow).toEqual(['websocket']);
  expect(connected!.connected).toBe(false);
  ws.terminate();
});

test('a WebSocket client that reads is not disconnected however rarely something is sent', async () => {
  const { ws } = await connectWebSocket();
  await sendALittle();
  expect(slow).toEqual([]);
  expect(connected!.connected).toBe(true);
  ws.terminate();
});

test('a WebSocket client whose proof waits while the gateway stands still is not disconnected', async () => {
  const { ws } = await connectWebSocket();
  ws.pause();
  await sendALittle(performance);
  expect(slow).toEqual([]);
  expect(connected!.connected).toBe(true);
  ws.terminate();
});

test('a client that falls behind with positions is sent the newest ones instead', async () => {
  const { ws, received } = await connectWebSocket();
  ws.pause();
  const sent = 600;
  for (let t = 1; t <= sent; t += 1) {
    connected!.emit('position', { driverId: 'd', t, text: TEXT });
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(slow).toEqual([]);
  expect(waitingBytes()).toBeLessThan(MAX_BYTES);
  ws.resume();
  await expect.poll(() => received.some((packet) => packet.includes(`"t":${sent},`))).toBe(true);
  expect(received.length).toBeLessThan(sent);
  ws.terminate();
});

test('one answer may be larger than the maximum', async () => {
  const { ws, received } = await connectWebSocket();
  ws.pause();
  connected!.emit('trip', { text: 'x'.repeat(8_000_000) });
  connected!.emit('trip', { text: 'y'.repeat(3_000_000) });
  connected!.emit('trip', { text: 'last' });
  await new Promise((resolve) => setImmediate(resolve));
  ws.resume();
  await expect.poll(() => received.at(-1)).toContain('last');
  expect(slow).toEqual([]);
  ws.terminate();
});

test.each([
  [
    'that the kernel has not taken',
    async () => void connected!.emit('trip', { text: 'x'.repeat(8_000_000) }),
  ],
  ['that the kernel has taken', sendSome],
])('no watch starts for a client that has not read earlier answers %s', async (_, send) => {
  const { ws } = await connectWebSocket();
  ws.pause();
  await send();
  let begun = 0;
  const watched = new WatchQueue().run(connected!, async () => {
    begun += 1;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(begun).toBe(0);
  ws.resume();
  await watched;
  expect(begun).toBe(1);
  ws.terminate();
});

test('a watch that waits for a client that does not read ends with the connection', async () => {
  const { ws } = await connectWebSocket();
  ws.pause();
  await sendSome();
  const watched = new WatchQueue().run(connected!, async () => 'begun').catch(({ code }) => code);
  ws.terminate();
  expect(await watched).toBe('SUPERSEDED');
});

test('expensive requests of a client that has not read for 3 s are refused', async () => {
  const { ws, received } = await connectWebSocket();
  const request = async (id: number) => {
    ws.send(`42/rider,${id}["feed:resume",{}]`);
    ws.send(`42/rider,${id + 1}["clock"]`);
    await expect.poll(() => answered.has(`${id + 1}`)).toBe(true);
  };
  const answered = new Map<string, boolean>();
  connected!.conn.on('packetCreate', ({ data }: { data?: unknown }) => {
    const [, id, answer] = /^3\/rider,(\d+)(.*)/.exec(String(data)) ?? [];
    if (id !== undefined) answered.set(id, answer!.includes('RATE_LIMITED'));
  });
  connected!.on('feed:resume', (_payload, ack) => ack({ ok: true }));
  ws.pause();
  await sendSome();
  await request(1);
  expect(answered.get('1')).toBe(false);
  const now = runningTime.now.bind(runningTime);
  vi.spyOn(runningTime, 'now').mockImplementation(() => now() + 4_000);
  await request(3);
  expect(answered.get('3')).toBe(true);
  ws.resume();
  await expect.poll(() => received.some((packet) => packet.includes('RATE_LIMITED'))).toBe(true);
  await request(5);
  expect(answered.get('5')).toBe(false);
  ws.terminate();
});

test('a client that polls without reading the responses is disconnected', async () => {
  const raw = await RawPolling.open(`http://127.0.0.1:${port}`);
  await raw.post([connectPacket('/rider', await signer.sign('r', 'rider'))]);
  await raw.poll();
  const responses: IncomingMessage[] = [];
  const poll = () => {
    const path = `/socket.io/?EIO=4&transport=polling&sid=${raw.sid}`;
    get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.on('error', () => {});
      responses.push(response);
    }).on('error', () => {});
  };
  let waits = 0;
  // More than the buffers of the kernel hold, so that the response stays in this process.
  const text = TEXT.repeat(200);
  while (slow.length === 0 && waits < 10) {
    connected!.emit('trip', { tripId: `${waits}`, text });
    waits += 1;
    poll();
    await expect.poll(() => responses.length >= waits || slow.length > 0, { interval: 2 }).toBe(true);
  }
  expect(slow).toEqual(['polling']);
  await expect.poll(() => connected!.connected).toBe(false);
  for (const response of responses) response.destroy();
});
