import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { type Socket as ClientSocket, io } from 'socket.io-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { EngineConnection } from './internals/engine-io.js';
import { guardConnections, SERVER_OPTIONS } from './io-adapter.js';

const PING_MS = 1_000;
let server: Server;
let url: string;
let stock: ClientSocket | null;
/** why connections ended, at the service */
let ended: string[];

beforeEach(async () => {
  const http = createServer();
  server = new Server(http, { ...SERVER_OPTIONS, pingInterval: PING_MS });
  guardConnections(server, { maxWaitingBytes: 1_048_576 }, PING_MS);
  ended = [];
  stock = null;
  server.engine.on('connection', (conn: EngineConnection) => conn.on('close', (why) => ended.push(why)));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterEach(async () => {
  stock?.disconnect();
  await server.close();
});

/** Connects, and connects to the default namespace. @param answer sent for each ping; null for none */
async function connect(answer: string | null): Promise<{ pings: () => number }> {
  const ws = new WebSocket(`ws://${url}/socket.io/?EIO=4&transport=websocket`);
  let pings = 0;
  ws.on('error', () => {});
  ws.on('message', (data) => {
    if (String(data) !== '2') return;
    pings += 1;
    if (answer !== null) ws.send(answer);
  });
  await new Promise((resolve) => ws.once('open', resolve));
  ws.send('40');
  return { pings: () => pings };
}

test('a connection that answers is pinged again and again, over any transport', async () => {
  const { pings } = await connect('3');
  stock = io(`http://${url}`, { transports: ['polling'], reconnection: false });
  let polled = 0;
  stock.io.on('ping', () => {
    polled += 1;
  });
  await expect.poll(() => Math.min(pings(), polled), { timeout: 8_000 }).toBeGreaterThanOrEqual(3);
  expect(ended).toEqual([]);
});

test('one that does not answer is ended, unless it sends anything else', async () => {
  const talking = await connect('42["anything"]');
  await connect(null);
  await expect.poll(() => ended, { timeout: 8_000 }).toEqual(['ping timeout']);
  await expect.poll(() => talking.pings(), { timeout: 8_000 }).toBeGreaterThanOrEqual(3);
  expect(ended).toHaveLength(1);
});
