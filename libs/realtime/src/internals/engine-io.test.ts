import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { BareServer, tcpOf } from '../../../../test/fixtures/bare-server.js';
import { RawPolling } from '../../../../test/fixtures/polling.js';
import {
  closeNow,
  closeOnTooLarge,
  type EngineConnection,
  type EnginePacket,
  endUnanswered,
  isOpen,
  isSending,
  onEnginePacket,
  onFlush,
  stopPings,
  takeWrites,
  terminate,
  unreadResponseBytes,
  waitingPackets,
  whenSent,
} from './engine-io.js';
import { sendPing } from './ws.js';

const bare = new BareServer();

test('onEnginePacket sees a packet before Socket.IO decodes it, and closing then drops the rest of its POST', async () => {
  const seen: EnginePacket[] = [];
  let decoded = 0;
  bare.server.use((_socket, next) => {
    decoded += 1;
    next();
  });
  bare.server.engine.once('connection', (conn: EngineConnection) =>
    onEnginePacket(conn, (packet) => {
      seen.push(packet);
      if (packet.data === '2["third"]') closeNow(conn);
    }),
  );
  const raw = await RawPolling.open(bare.url);
  await raw.post(['3', '42["third"]', '40', '40']);
  expect(seen, 'Engine.IO no longer emits "packet" first, or continues after close(true)').toEqual([
    { type: 'pong' },
    { type: 'message', data: '2["third"]' },
  ]);
  expect(decoded, 'a packet of a closed connection reached Socket.IO').toBe(0);
});

test('onEnginePacket sees each probe of an upgrade', async () => {
  const seen: EnginePacket[] = [];
  bare.server.engine.once('connection', (conn: EngineConnection) =>
    onEnginePacket(conn, (packet) => seen.push(packet)),
  );
  const raw = await RawPolling.open(bare.url);
  const ws = new WebSocket(
    `${bare.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&sid=${raw.sid}`,
  );
  await new Promise((resolve) => ws.once('open', resolve));
  for (let i = 0; i < 3; i += 1) ws.send('2probe');
  await expect
    .poll(() => seen, { message: 'Engine.IO no longer emits "upgrading" for each probe' })
    .toEqual(Array(3).fill({ type: 'ping', data: 'probe' }));
  ws.close();
});

test.each(['websocket', 'polling'])(
  'closeNow ends a connection over %s before it returns',
  async (transport) => {
    const { socket } = await bare.connect([transport]);
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
  closeOnTooLarge(bare.server);
  const opened: EngineConnection[] = [];
  bare.server.engine.on('connection', (conn: EngineConnection) => opened.push(conn));
  const large = await RawPolling.open(bare.url);
  const small = await RawPolling.open(bare.url);
  expect(await large.post([`4${'x'.repeat(11_000)}`]), 'Engine.IO no longer answers 413').toBe(413);
  expect(await small.post(['3'])).toBe(200);
  await expect
    .poll(() => opened.map(isOpen), { message: 'Engine.IO does not run its middleware, or has no "clients"' })
    .toEqual([false, true]);
});

test('onFlush passes the array of waitingPackets, and the packets left in it are sent', async () => {
  const opening = bare.nextConnection();
  const raw = await RawPolling.open(bare.url);
  const conn = await opening;
  for (const text of ['one', 'two', 'three']) conn.write(text);
  const waiting = waitingPackets(conn);
  expect(
    waiting.map(({ data }) => data),
    'waiting packets are no longer in "writeBuffer"',
  ).toEqual(['one', 'two', 'three']);
  let isSame = false;
  onFlush(bare.server, (_conn, packets) => {
    isSame = packets === waitingPackets(conn);
    packets.splice(0, 2);
  });
  expect(await raw.poll(), 'packets removed by a listener of "flush" are still sent').toEqual(['4three']);
  expect(isSame, '"flush" no longer carries the writeBuffer itself').toBe(true);
});

test('takeWrites gets each message first, and the others are then in waitingPackets', async () => {
  const opening = bare.nextConnection();
  const raw = await RawPolling.open(bare.url);
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
  const { socket, client } = await bare.connect();
  const offered: unknown[] = [];
  takeWrites(socket.conn, (_, { data }) => {
    offered.push(data);
    return false;
  });
  const received: string[] = [];
  client.onAny((event) => received.push(event));
  socket.emit('alone');
  bare.server.emit('together');
  await expect.poll(() => received).toEqual(['alone', 'together']);
  expect(offered, 'Socket.IO no longer sends by "write" of the connection').toEqual([
    '2["alone"]',
    '2["together"]',
  ]);
});

test('stopPings, sendPing and endUnanswered replace the timers of Engine.IO', async () => {
  const opening = bare.nextConnection();
  const { socket, client } = await bare.connect();
  const conn = await opening;
  expect(conn, '"pingIntervalTimer" is gone').toHaveProperty('pingIntervalTimer', expect.any(Object));
  stopPings(conn);
  const received: string[] = [];
  onEnginePacket(conn, ({ type }) => received.push(type));
  sendPing(conn);
  await expect
    .poll(() => received, { message: 'a ping written past Engine.IO has no pong' })
    .toEqual(['pong']);
  expect(conn, 'Engine.IO begins to ping by itself').toMatchObject({
    pingIntervalTimer: null,
    pingTimeoutTimer: null,
  });
  const reason = new Promise((resolve) => socket.on('disconnect', resolve));
  endUnanswered(conn);
  expect(await reason, '"onClose" no longer ends a connection').toBe('ping timeout');
  expect(client.id).toBeDefined();
});

test('isSending and whenSent show when the kernel has taken what was sent on a WebSocket', async () => {
  const { socket, client } = await bare.connect();
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
  const { socket, client } = await bare.connect();
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

test('unreadResponseBytes counts a long-poll response until its client has read it', async () => {
  const opened = bare.nextConnection();
  const raw = await RawPolling.open(bare.url);
  const conn = await opened;
  const counted: number[] = [];
  onFlush(bare.server, () => counted.push(unreadResponseBytes(conn, 100)));
  conn.write('x');
  await raw.poll();
  await new Promise((resolve) => setImmediate(resolve));
  conn.write('y');
  await raw.poll();
  expect(counted, 'a response that was read no longer emits "close"').toEqual([0, 0]);
});
