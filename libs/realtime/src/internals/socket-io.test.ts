import type { Socket } from 'socket.io';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { BareServer } from '../../../../test/fixtures/bare-server.js';
import { type EngineConnection, type EnginePacket, onEnginePacket, whenSent } from './engine-io.js';
import {
  compact,
  connectDetachedSocket,
  createDetachedSocket,
  dispatchTo,
  dropAcks,
  emitRequest,
  isConnect,
  isDetached,
  onDecoded,
} from './socket-io.js';

const bare = new BareServer();

test('isConnect recognizes the packet that connects to a namespace, and no other', async () => {
  const seen: EnginePacket[] = [];
  bare.server.engine.once('connection', (conn: EngineConnection) =>
    onEnginePacket(conn, (packet) => seen.push(packet)),
  );
  const { client, socket } = await bare.connect();
  const got = new Promise((resolve) => socket.on('0', resolve));
  client.emit('0', 'payload');
  await got;
  expect(seen.map(isConnect), 'a CONNECT packet no longer begins with 0').toEqual([true, false]);
});

test('onDecoded passes the array that the middleware of the socket receives, after its last packet', async () => {
  const { socket, client } = await bare.connect();
  const order: string[] = [];
  let content: unknown;
  onEnginePacket(socket.conn, ({ data }) => order.push(typeof data === 'string' ? 'text' : 'bytes'));
  onDecoded(socket.client, (decoded) => {
    order.push('decoded');
    content = decoded;
  });
  const used = new Promise((resolve) => socket.use((request) => resolve(request)));
  client.emit('request', { attached: new Uint8Array([1, 2, 3]) });
  expect(await used, 'middleware no longer receives the array that the decoder of the client emits').toBe(
    content,
  );
  expect(order, 'the decoder emits before all packets of a request have arrived').toEqual([
    'text',
    'bytes',
    'decoded',
  ]);
});

test('dispatchTo gets each request with its acknowledgement function, and emitRequest passes it to listeners', async () => {
  const { socket, client } = await bare.connect();
  const taken: unknown[][] = [];
  dispatchTo((of, request) => {
    expect(of).toBe(socket);
    taken.push(request);
    emitRequest(of, request);
  })(socket);
  socket.on('request', (payload, ack) => ack(payload));
  expect(await client.emitWithAck('request', 7), 'Socket.IO no longer calls "dispatch" for a request').toBe(
    7,
  );
  expect(taken).toEqual([['request', 7, expect.any(Function)]]);
});

test('compact leaves a connection that works, and whose listeners can be added and removed', async () => {
  const { socket, client } = await bare.connect();
  const ended = new Promise((resolve) => socket.once('disconnect', resolve));
  const { socket: ws } = socket.conn.transport as unknown as { socket: WebSocket };
  const names = [socket, socket.conn, socket.conn.transport, ws].map((emitter) => emitter.eventNames());
  expect(socket.conn, 'a connection no longer has these lists').toMatchObject({
    sentCallbackFn: expect.any(Array),
    cleanupFn: expect.any(Array),
  });
  await whenSent(socket.conn);
  compact(socket);
  expect([socket, socket.conn, socket.conn.transport, ws].map((emitter) => emitter.eventNames())).toEqual(
    names,
  );
  const listener = (payload: string, ack: (answer: string) => void) => ack(payload);
  socket.on('request', listener);
  expect(await client.emitWithAck('request', 'one'), 'emitters no longer use "_events"').toBe('one');
  socket.off('request', listener);
  expect(socket.eventNames()).not.toContain('request');
  const received: string[] = [];
  client.onAny((event) => received.push(event));
  for (const event of ['first', 'second']) socket.emit(event);
  await expect.poll(() => received).toEqual(['first', 'second']);
  client.disconnect();
  expect(await ended).toBe('client namespace disconnect');
});

test('dropAcks leaves a socket that ignores answers to nothing', async () => {
  const { socket, client } = await bare.connect();
  expect(socket, 'a socket no longer has "acks"').toHaveProperty('acks', new Map());
  dropAcks(socket);
  socket.on('next', (ack) => ack('still here'));
  (client.io.engine as unknown as { write(packet: string): void }).write('37["unasked"]');
  expect(await client.emitWithAck('next')).toBe('still here');
});

test('a detached socket is a member of rooms until it is disconnected', async () => {
  const nsp = bare.server.of('/');
  const ended: string[] = [];
  const socket: Socket = createDetachedSocket(nsp, () => socket.disconnect());
  const received: string[] = [];
  socket.onAnyOutgoing((event) => received.push(event));
  socket.on('disconnect', (reason) => ended.push(reason));
  connectDetachedSocket(socket);
  expect(isDetached(socket)).toBe(true);
  socket.join('room');
  nsp.to('room').emit('in');
  nsp.to('elsewhere').emit('out');
  expect(received, 'a broadcast no longer reaches onAnyOutgoing of a socket without a client').toEqual([
    'in',
  ]);
  nsp.in('room').disconnectSockets(true);
  expect(ended, 'disconnectSockets(true) no longer goes through "_disconnect" of the client').toHaveLength(1);
  nsp.to('room').emit('late');
  expect(received, 'a socket that was disconnected stays in its rooms').toEqual(['in']);
  expect(nsp.sockets.size, 'a socket that was disconnected stays in its namespace').toBe(0);
});
