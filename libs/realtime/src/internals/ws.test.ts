import type { EventEmitter } from 'node:events';
import { Socket as NetSocket } from 'node:net';
import type { Socket } from 'socket.io';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { BareServer, tcpOf } from '../../../../test/fixtures/bare-server.js';
import { type EngineConnection, whenSent } from './engine-io.js';
import { dropRequest, requestProofOfReading, shortFrame, takeMessages, writeFrame } from './ws.js';

const bare = new BareServer();

test('dropRequest leaves a connection that can connect to another namespace', async () => {
  const held: string[][] = [];
  const holders = (conn: EngineConnection) => {
    const { socket: ws } = conn.transport as unknown as { socket: WebSocket & { _socket: EventEmitter } };
    const once = ws._socket.rawListeners('close').filter((listener) => 'listener' in listener);
    return [...once.map(() => 'once'), ...ws.listeners('error').map(({ name }) => name)];
  };
  bare.server.engine.on('connection', (conn: EngineConnection) => {
    held.push(holders(conn));
    dropRequest(conn);
    held.push(holders(conn));
  });
  const seen = new Promise<Socket>((resolve) => bare.server.of('/other').on('connection', resolve));
  const { socket, client } = await bare.connect();
  expect(socket.conn.request, 'a connection no longer has "request"').toBeNull();
  const other = client.io.socket('/other');
  bare.clients.push(other);
  expect((await seen).conn).toBe(socket.conn);
  expect(held[0], 'Engine.IO no longer leaves these listeners behind').toEqual(
    expect.arrayContaining(['once', 'onUpgradeError']),
  );
  expect(held[1]).not.toEqual(expect.arrayContaining(['once']));
  expect(held[1]).not.toEqual(expect.arrayContaining(['onUpgradeError']));
  const { socket: ws } = socket.conn.transport as unknown as { socket: { _socket: EventEmitter } };
  expect(ws._socket.on).toBe(NetSocket.prototype.on);
});

test('writeFrame writes nothing while something waits', async () => {
  const { socket, client } = await bare.connect();
  await whenSent(socket.conn);
  tcpOf(client).pause();
  const content = `42["${'x'.repeat(65_529)}"]`;
  const large = Buffer.concat([Buffer.from([0x81, 126, 0xff, 0xff]), Buffer.from(content)]);
  while (writeFrame(socket.conn, large));
  const { socket: ws } = socket.conn.transport as unknown as { socket: WebSocket };
  expect(ws.bufferedAmount).toBeGreaterThan(0);
  tcpOf(client).resume();
  await expect.poll(() => ws.bufferedAmount).toBe(0);
  socket.emit('large', 'x'.repeat(20_000_000));
  expect(writeFrame(socket.conn, shortFrame('42["x"]'))).toBe(false);
});

test('a direct reply arrives as an answer, in order with what Engine.IO sends', async () => {
  const { socket, client } = await bare.connect();
  const received: string[] = [];
  client.onAny((event) => received.push(event));
  takeMessages(socket.conn, (data, _, reply) => {
    const id = /^42(\d+)\["mine"\]$/.exec(data.toString())?.[1];
    if (id === undefined) return false;
    socket.emit('before');
    reply.send(`43${id}["answer"]`);
    socket.emit('after');
    expect(reply.waitingBytes(), 'bufferedAmount is no longer a number of bytes').toBeTypeOf('number');
    return true;
  });
  expect(await client.emitWithAck('mine'), 'a message sent past Engine.IO is not understood').toBe('answer');
  await expect
    .poll(() => received, { message: 'Engine.IO no longer sends each packet as one whole message' })
    .toEqual(['before', 'after']);
});

test('takeMessages gets a message first, and passes on those that it does not take', async () => {
  const { socket, client } = await bare.connect();
  const taken: string[] = [];
  takeMessages(socket.conn, (data, isBinary) => {
    if (isBinary || !data.toString().includes('mine')) return false;
    taken.push(data.toString());
    return true;
  });
  const others: string[] = [];
  socket.onAny((event) => others.push(event));
  for (const event of ['mine', 'other']) client.emit(event);
  await expect
    .poll(() => others, { message: 'Engine.IO no longer receives messages that were not taken' })
    .toEqual(['other']);
  expect(taken, 'messages no longer reach the listener on the WebSocket of the transport').toEqual([
    '42["mine"]',
  ]);
});

test('requestProofOfReading is answered by a client once it has read everything before', async () => {
  const { socket, client } = await bare.connect();
  await whenSent(socket.conn);
  tcpOf(client).pause();
  let isProven = false;
  const read: string[] = [];
  client.on('before', () => read.push('before'));
  socket.emit('before', 'x');
  requestProofOfReading(socket.conn, () => {
    isProven = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isProven).toBe(false);
  tcpOf(client).resume();
  await expect.poll(() => isProven).toBe(true);
  expect(read).toEqual(['before']);
});

test('takeMessages also gets messages after an upgrade', async () => {
  const { socket, client } = await bare.connect(['polling', 'websocket']);
  const taken: string[] = [];
  takeMessages(socket.conn, (data) => taken.push(data.toString()) > 0);
  await expect.poll(() => socket.conn.transport.name, { message: 'no upgrade happened' }).toBe('websocket');
  client.emit('mine');
  await expect
    .poll(() => taken, { message: '"upgrade" no longer carries the new transport' })
    .toContain('42["mine"]');
});
