import { EventEmitter } from 'node:events';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import { expect, test } from 'vitest';
import { BareServer } from '../../../../test/fixtures/bare-server.js';
import {
  channelOf,
  channelPrefixOf,
  frameOf,
  keepOrder,
  roomOfChannel,
  sendToAll,
  wholeFrames,
  withContent,
} from './adapter.js';
import { onFlush, takeWrites, whenSent } from './engine-io.js';
import { writeFrame } from './ws.js';

const bare = new BareServer();

test('sendToAll sends one frame by one write to a WebSocket, and the event to others', async () => {
  const { socket, client } = await bare.connect();
  const { socket: poller, client: polling } = await bare.connect(['polling']);
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

test('keepOrder drops a position after a newer one of the same driver', async () => {
  const { socket, client } = await bare.connect();
  keepOrder(socket.nsp.adapter);
  const received: unknown[] = [];
  client.on('position', ({ driverId, t }) => received.push(`${driverId} ${t}`));
  const sent = ['a 2', 'a 1', 'b 1', 'a 2', 'a 3'];
  for (const each of sent) {
    const [driverId, t] = each.split(' ');
    socket.nsp.emit('position', { driverId, t: Number(t) });
  }
  await expect.poll(() => received.at(-1), { message: 'a position in order is no longer sent' }).toBe('a 3');
  expect(received, 'a member gets what the adapter did not encode').toEqual(['a 2', 'b 1', 'a 2', 'a 3']);
});

test('withContent replaces what is sent to one member of a room, and to no other', async () => {
  const [changed, other] = [await bare.connect(), await bare.connect()];
  const received: unknown[] = [];
  for (const { client } of [changed, other]) client.on('event', (content) => received.push(content));
  let frame: unknown;
  onFlush(bare.server, (conn, waiting) => {
    if (conn !== changed.socket.conn) return;
    frame = waiting[0]!.options?.wsPreEncodedFrame;
    waiting.splice(0, 1, withContent(waiting[0]!, '2["event","new"]'));
  });
  bare.server.emit('event', 'old');
  await expect.poll(() => received).toHaveLength(2);
  expect(frame, 'the frame for all members of a room is no longer in "wsPreEncodedFrame"').toBeDefined();
  expect(received.toSorted(), 'a packet is no longer sent with its changed content').toEqual(['new', 'old']);
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

test('installations in different databases of one Redis have different channels', () => {
  expect(channelPrefixOf('redis://:secret@host:6379', '')).toBe('hexfleet');
  expect(channelPrefixOf('redis://host/0', '')).toBe('hexfleet');
  expect(channelPrefixOf('redis://host/1', '')).toBe('hexfleet-1');
  expect(channelPrefixOf('redis://a:1,redis://b:1', '')).toBe('hexfleet');
  expect(channelPrefixOf('redis+sentinel://a:1,b:1/main/2', '')).toBe('hexfleet-2');
  expect(channelPrefixOf('redis://host', 'berlin')).toBe('berlin:hexfleet');
});
