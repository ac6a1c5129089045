import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, Socket as NetSocket } from 'node:net';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Server, type Socket } from 'socket.io';
import { type Socket as ClientSocket, io } from 'socket.io-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { RawPolling } from '../../../test/fixtures/polling.js';
import {
  channelOf,
  channelPrefixOf,
  closeNow,
  closeOnTooLarge,
  compact,
  connectDetachedSocket,
  createDetachedSocket,
  dispatchTo,
  dropAcks,
  dropRequest,
  type EngineConnection,
  type EnginePacket,
  emitRequest,
  endUnanswered,
  frameOf,
  isConnect,
  isDetached,
  isOpen,
  isSending,
  onDecoded,
  onEnginePacket,
  onFlush,
  requestProofOfReading,
  roomOfChannel,
  sendPing,
  sendToAll,
  shortFrame,
  stopPings,
  takeMessages,
  takeWrites,
  terminate,
  unreadResponseBytes,
  waitingPackets,
  whenSent,
  wholeFrames,
  withContent,
  writeFrame,
} from './library-internals.js';

let server: Server;
let url: string;
let clients: ClientSocket[];

beforeEach(async () => {
  const http = createServer();
  server = new Server(http, { maxHttpBufferSize: 10_000 });
  clients = [];
  await new Promise<void>((resolve) => http.listen(0, resolve));
  url = `http://localhost:${(http.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const client of clients) client.disconnect();
  await server.close();
});

/** Connects a client and returns both ends. */
async function connect(transports = ['websocket']): Promise<{ socket: Socket; client: ClientSocket }> {
  const socket = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = io(url, { forceNew: true, reconnection: false, transports });
  clients.push(client);
  return { socket: await socket, client };
}
const nextConnection = () =>
  new Promise<EngineConnection>((resolve) => server.engine.once('connection', resolve));

test('onEnginePacket sees a packet before Socket.IO decodes it, and closing then drops the rest of its POST', async () => {
  const seen: EnginePacket[] = [];
  let decoded = 0;
  server.use((_socket, next) => {
    decoded += 1;
    next();
  });
  server.engine.once('connection', (conn: EngineConnection) =>
    onEnginePacket(conn, (packet) => {
      seen.push(packet);
      if (packet.data === '2["third"]') closeNow(conn);
    }),
  );
  const raw = await RawPolling.open(url);
  await raw.post(['3', '42["third"]', '40', '40']);
  expect(seen, 'Engine.IO no longer emits "packet" first, or continues after close(true)').toEqual([
    { type: 'pong' },
    { type: 'message', data: '2["third"]' },
  ]);
  expect(decoded, 'a packet of a closed connection reached Socket.IO').toBe(0);
});

test('onEnginePacket sees each probe of an upgrade', async () => {
  const seen: EnginePacket[] = [];
  server.engine.once('connection', (conn: EngineConnection) =>
    onEnginePacket(conn, (packet) => seen.push(packet)),
  );
  const raw = await RawPolling.open(url);
  const ws = new WebSocket(
    `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&sid=${raw.sid}`,
  );
  await new Promise((resolve) => ws.once('open', resolve));
  for (let i = 0; i < 3; i += 1) ws.send('2probe');
  await expect
    .poll(() => seen, { message: 'Engine.IO no longer emits "upgrading" for each probe' })
    .toEqual(Array(3).fill({ type: 'ping', data: 'probe' }));
  ws.close();
});

test('isConnect recognizes the packet that connects to a namespace, and no other', async () => {
  const seen: EnginePacket[] = [];
  server.engine.once('connection', (conn: EngineConnection) =>
    onEnginePacket(conn, (packet) => seen.push(packet)),
  );
  const { client, socket } = await connect();
  const got = new Promise((resolve) => socket.on('0', resolve));
  client.emit('0', 'payload');
  await got;
  expect(seen.map(isConnect), 'a CONNECT packet no longer begins with 0').toEqual([true, false]);
});

test.each(['websocket', 'polling'])(
  'closeNow ends a connection over %s before it returns',
  async (transport) => {
    const { socket } = await connect([transport]);
    let reason = '';
    socket.on('disconnect', (why) => {
      reason = why;
    });
    expect(isOpen(socket.conn), 'readyState of a connection is no longer "open"').toBe(true);
    closeNow(socket.conn);
    expect(reason, 'close(true) no longer ends the sockets of a connection at once').toBe('forced close');
    expect(isOpen(socket.conn), 'readyState stays "open" after the end').toBe(false);
  },
);

test('closeOnTooLarge ends the connection of a POST over the limit, and no other', async () => {
  closeOnTooLarge(server);
  const opened: EngineConnection[] = [];
  server.engine.on('connection', (conn: EngineConnection) => opened.push(conn));
  const large = await RawPolling.open(url);
  const small = await RawPolling.open(url);
  expect(await large.post([`4${'x'.repeat(11_000)}`]), 'Engine.IO no longer answers 413').toBe(413);
  expect(await small.post(['3'])).toBe(200);
  await expect
    .poll(() => opened.map(isOpen), { message: 'Engine.IO does not run its middleware, or has no "clients"' })
    .toEqual([false, true]);
});

test('onDecoded passes the array that the middleware of the socket receives, after its last packet', async () => {
  const { socket, client } = await connect();
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

test('onFlush passes the array of waitingPackets, and the packets left in it are sent', async () => {
  const opening = nextConnection();
  const raw = await RawPolling.open(url);
  const conn = await opening;
  for (const text of ['one', 'two', 'three']) conn.write(text);
  const waiting = waitingPackets(conn);
  expect(
    waiting.map(({ data }) => data),
    'waiting packets are no longer in "writeBuffer"',
  ).toEqual(['one', 'two', 'three']);
  let isSame = false;
  onFlush(server, (_conn, packets) => {
    isSame = packets === waitingPackets(conn);
    packets.splice(0, 2);
  });
  expect(await raw.poll(), 'packets removed by a listener of "flush" are still sent').toEqual(['4three']);
  expect(isSame, '"flush" no longer carries the writeBuffer itself').toBe(true);
});

test('takeWrites gets each message first, and the others are then in waitingPackets', async () => {
  const opening = nextConnection();
  const raw = await RawPolling.open(url);
  const conn = await opening;
  const offered: unknown[] = [];
  takeWrites(conn, (of, { data }) => {
    expect(of).toBe(conn);
    offered.push(data);
    return data === 'one';
  });
  for (const text of ['one', 'two']) conn.write(text);
  expect(offered, 'a message is no longer sent by "write"').toEqual(['one', 'two']);
  expect(
    waitingPackets(conn).map(({ data }) => data),
    'the original "write" no longer queues a packet',
  ).toEqual(['two']);
  await raw.poll();
});

test('takeWrites gets what Socket.IO sends to one socket and to a room', async () => {
  const { socket, client } = await connect();
  const offered: unknown[] = [];
  takeWrites(socket.conn, (_, { data }) => {
    offered.push(data);
    return false;
  });
  const received: string[] = [];
  client.onAny((event) => received.push(event));
  socket.emit('alone');
  server.emit('together');
  await expect.poll(() => received).toEqual(['alone', 'together']);
  expect(offered, 'Socket.IO no longer sends by "write" of the connection').toEqual([
    '2["alone"]',
    '2["together"]',
  ]);
});

test('dispatchTo gets each request with its acknowledgement function, and emitRequest passes it to listeners', async () => {
  const { socket, client } = await connect();
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
  const { socket, client } = await connect();
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
  const { socket, client } = await connect();
  expect(socket, 'a socket no longer has "acks"').toHaveProperty('acks', new Map());
  dropAcks(socket);
  socket.on('next', (ack) => ack('still here'));
  (client.io.engine as unknown as { write(packet: string): void }).write('37["unasked"]');
  expect(await client.emitWithAck('next')).toBe('still here');
});

test('dropRequest leaves a connection that can connect to another namespace', async () => {
  const held: string[][] = [];
  const holders = (conn: EngineConnection) => {
    const { socket: ws } = conn.transport as unknown as { socket: WebSocket & { _socket: EventEmitter } };
    const once = ws._socket.rawListeners('close').filter((listener) => 'listener' in listener);
    return [...once.map(() => 'once'), ...ws.listeners('error').map(({ name }) => name)];
  };
  server.engine.on('connection', (conn: EngineConnection) => {
    held.push(holders(conn));
    dropRequest(conn);
    held.push(holders(conn));
  });
  const seen = new Promise<Socket>((resolve) => server.of('/other').on('connection', resolve));
  const { socket, client } = await connect();
  expect(socket.conn.request, 'a connection no longer has "request"').toBeNull();
  const other = client.io.socket('/other');
  clients.push(other);
  expect((await seen).conn).toBe(socket.conn);
  expect(held[0], 'Engine.IO no longer leaves these listeners behind').toEqual(
    expect.arrayContaining(['once', 'onUpgradeError']),
  );
  expect(held[1]).not.toEqual(expect.arrayContaining(['once']));
  expect(held[1]).not.toEqual(expect.arrayContaining(['onUpgradeError']));
  const { socket: ws } = socket.conn.transport as unknown as { socket: { _socket: EventEmitter } };
  expect(ws._socket.on).toBe(NetSocket.prototype.on);
});

test('sendToAll sends one frame by one write to a WebSocket, and the event to others', async () => {
  const { socket, client } = await connect();
  const { socket: poller, client: polling } = await connect(['polling']);
  const frames: Array<Buffer | undefined> = [];
  const written: boolean[] = [];
  for (const { conn } of [socket, poller])
    takeWrites(conn, (of, packet) => {
      const frame = frameOf(packet);
      frames.push(frame);
      written.push(frame !== undefined && writeFrame(of, frame));
      return written.at(-1)!;
    });
  const outgoing: string[] = [];
  socket.onAnyOutgoing((event) => outgoing.push(event));
  wholeFrames(socket.nsp.adapter);
  const received: unknown[] = [];
  for (const each of [client, polling]) each.on('event', (payload) => received.push(payload));
  await whenSent(socket.conn);
  sendToAll(socket.nsp, [socket, poller], 'event', { at: 1 });
  await expect
    .poll(() => received, { message: 'a frame written past Engine.IO is not understood' })
    .toEqual([{ at: 1 }, { at: 1 }]);
  expect(written, 'a frame is not written, or one to a client that polls').toEqual([true, false]);
  expect(frames[0], 'the adapter no longer encodes for all members in "_encode"').toBe(frames[1]);
  expect(outgoing, '"notifyOutgoingListeners" is gone').toEqual(['event']);
});

test('writeFrame writes nothing while something waits', async () => {
  const { socket, client } = await connect();
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

test('stopPings, sendPing and endUnanswered replace the timers of Engine.IO', async () => {
  const opening = nextConnection();
  const { socket, client } = await connect();
  const conn = await opening;
  expect(conn, '"pingIntervalTimer" is gone').toHaveProperty('pingIntervalTimer', expect.any(Object));
  stopPings(conn);
  const heard: string[] = [];
  onEnginePacket(conn, ({ type }) => heard.push(type));
  sendPing(conn);
  await expect.poll(() => heard, { message: 'a ping written past Engine.IO has no pong' }).toEqual(['pong']);
  expect(conn, 'Engine.IO begins to ping by itself').toMatchObject({
    pingIntervalTimer: null,
    pingTimeoutTimer: null,
  });
  const reason = new Promise((resolve) => socket.on('disconnect', resolve));
  endUnanswered(conn);
  expect(await reason, '"onClose" no longer ends a connection').toBe('ping timeout');
  expect(client.id).toBeDefined();
});

test('withContent replaces what is sent to one member of a room, and to no other', async () => {
  const [changed, other] = [await connect(), await connect()];
  const received: unknown[] = [];
  for (const { client } of [changed, other]) client.on('event', (content) => received.push(content));
  let frame: unknown;
  onFlush(server, (conn, waiting) => {
    if (conn !== changed.socket.conn) return;
    frame = waiting[0]!.options?.wsPreEncodedFrame;
    waiting.splice(0, 1, withContent(waiting[0]!, '2["event","new"]'));
  });
  server.emit('event', 'old');
  await expect.poll(() => received).toHaveLength(2);
  expect(frame, 'the frame for all members of a room is no longer in "wsPreEncodedFrame"').toBeDefined();
  expect(received.toSorted(), 'a packet is no longer sent with its changed content').toEqual(['new', 'old']);
});

test('a direct reply arrives as an answer, in order with what Engine.IO sends', async () => {
  const { socket, client } = await connect();
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
  const { socket, client } = await connect();
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

/** The TCP connection of a client's WebSocket. */
const tcpOf = (client: ClientSocket) =>
  (client.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } }).ws;

test('isSending and whenSent tell when the kernel has taken what was sent on a WebSocket', async () => {
  const { socket, client } = await connect();
  await whenSent(socket.conn);
  expect(isSending(socket.conn), 'an idle transport is not "writable"').toBe(false);
  tcpOf(client).pause();
  socket.emit('large', 'x'.repeat(20_000_000));
  expect(isSending(socket.conn), 'a transport that is sending is "writable"').toBe(true);
  let isSent = false;
  const sent = whenSent(socket.conn).then(() => {
    isSent = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isSent).toBe(false);
  tcpOf(client).resume();
  await sent;
});

test('terminate ends a WebSocket although its client reads nothing', async () => {
  const { socket, client } = await connect();
  await whenSent(socket.conn);
  tcpOf(client).pause();
  socket.emit('large', 'x'.repeat(20_000_000));
  const { socket: ws } = socket.conn.transport as unknown as { socket: WebSocket };
  terminate(socket.conn);
  expect(socket.connected).toBe(false);
  await expect
    .poll(() => ws.readyState, { message: 'ws still waits for the client', timeout: 5_000 })
    .toBe(WebSocket.CLOSED);
});

test('requestProofOfReading is answered by a client once it has read everything before', async () => {
  const { socket, client } = await connect();
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

test('unreadResponseBytes counts a long-poll response until its client has read it', async () => {
  const opened = nextConnection();
  const raw = await RawPolling.open(url);
  const conn = await opened;
  const counted: number[] = [];
  onFlush(server, () => counted.push(unreadResponseBytes(conn, 100)));
  conn.write('x');
  await raw.poll();
  await new Promise((resolve) => setImmediate(resolve));
  conn.write('y');
  await raw.poll();
  expect(counted, 'a response that was read no longer emits "close"').toEqual([0, 0]);
});

test('takeMessages also gets messages after an upgrade', async () => {
  const { socket, client } = await connect(['polling', 'websocket']);
  const taken: string[] = [];
  takeMessages(socket.conn, (data) => taken.push(data.toString()) > 0);
  await expect.poll(() => socket.conn.transport.name, { message: 'no upgrade happened' }).toBe('websocket');
  client.emit('mine');
  await expect
    .poll(() => taken, { message: '"upgrade" no longer carries the new transport' })
    .toContain('42["mine"]');
});

test('channelOf names the channel to which the sharded adapter subscribes and publishes for a room', async () => {
  const subscribed: string[] = [];
  const unsubscribed: string[] = [];
  const published: string[] = [];
  const subscriber = Object.assign(new EventEmitter(), {
    ssubscribe: (channel: string) => subscribed.push(channel),
    sunsubscribe: (channels: string | string[]) => unsubscribed.push(...[channels].flat()),
  });
  const publisher = { spublish: async (channel: string) => published.push(channel) };
  const options = { channelPrefix: 'hexfleet-1', subscriptionMode: 'dynamic' } as const;
  const io = new Server({ adapter: createShardedAdapter(publisher, subscriber, options) });
  const { adapter } = io.of('/rider');
  const channel = channelOf('hexfleet-1', '/rider', 'a room');
  await adapter.addAll('socket', new Set(['a room']));
  expect(subscribed, 'the adapter no longer subscribes to the channel of a room at its first join').toContain(
    channel,
  );
  io.of('/rider').to('a room').emit('event');
  await expect
    .poll(() => published, { message: 'the adapter no longer publishes to the channel of a room' })
    .toEqual([channel]);
  adapter.del('socket', 'a room');
  expect(unsubscribed, 'the adapter no longer unsubscribes when the last member leaves').toContain(channel);
  expect(roomOfChannel(channel)).toBe('a room');
});

test('a detached socket is a member of rooms until it is disconnected', async () => {
  const nsp = server.of('/');
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

test('installations in different databases of one Redis have different channels', () => {
  expect(channelPrefixOf('redis://:secret@host:6379', '')).toBe('hexfleet');
  expect(channelPrefixOf('redis://host/0', '')).toBe('hexfleet');
  expect(channelPrefixOf('redis://host/1', '')).toBe('hexfleet-1');
  expect(channelPrefixOf('redis://a:1,redis://b:1', '')).toBe('hexfleet');
  expect(channelPrefixOf('redis+sentinel://a:1,b:1/main/2', '')).toBe('hexfleet-2');
  expect(channelPrefixOf('redis://host', 'berlin')).toBe('berlin:hexfleet');
});
