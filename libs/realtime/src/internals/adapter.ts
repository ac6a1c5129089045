/**
 * Assumptions about the adapters of Socket.IO that go beyond their documentation, each named by its function. `adapter.test.ts`
 * checks them against the installed versions, which `package.json` pins.
 */
import type { Namespace as IoNamespace, Socket } from 'socket.io';
import { parseRedisUrl } from '#config';
import type { DriverPosition } from '#protocol';
import { BoundedMap } from '#store';
import type { WaitingPacket } from './engine-io.js';

/** Frame that a message to a room carries for all members, if it has one; see {@link wholeFrames}. */
export function frameOf({ options }: WaitingPacket): Buffer | undefined {
  const frames = options?.wsPreEncodedFrame as Buffer[] | undefined;
  return frames?.length === 1 ? frames[0] : undefined;
}

/**
 * Makes an adapter join header and content of the frame for all members of a room, so that each gets it by one write.
 * Assumes that the adapter encodes what is sent to a room in the private `_encode`, once for all members, and leaves the parts of
 * the frame in the option `wsPreEncodedFrame`.
 */
export function wholeFrames<A extends object>(adapter: A): A {
  const encoding = adapter as unknown as RoomEncoding;
  const encode = encoding._encode;
  encoding._encode = function (packet, options) {
    const packets = encode.call(this, packet, options);
    if (options.wsPreEncodedFrame) options.wsPreEncodedFrame = [Buffer.concat(options.wsPreEncodedFrame)];
    return packets;
  };
  return adapter;
}

/** Maximum number of drivers whose newest position is remembered, for each namespace. */
const MAX_FOLLOWED = 50_000;

/**
 * Makes an adapter drop a position that arrives after a newer one of the same driver. When a master of a Redis Cluster is
 * replaced, ioredis repeats messages that may have arrived, and processors decide again on fixes whose writes got lost.
 * Assumes the same as {@link wholeFrames}, and that a member gets nothing when nothing was encoded.
 */
export function keepOrder<A extends object>(adapter: A): A {
  const newest = new BoundedMap<string, number>(MAX_FOLLOWED);
  const isOld = ([event, payload]: unknown[]): boolean => {
    if (event !== 'position') return false;
    const { driverId, t } = payload as DriverPosition;
    if (t < (newest.get(driverId) ?? 0)) return true;
    newest.set(driverId, t);
    return false;
  };
  const encoding = adapter as unknown as RoomEncoding;
  const encode = encoding._encode;
  encoding._encode = function (packet, options) {
    return packet.data !== undefined && isOld(packet.data) ? [] : encode.call(this, packet, options);
  };
  return adapter;
}

type RoomOptions = { wsPreEncodedFrame?: Buffer[] };
type RoomPacket = { data?: unknown[] };
type RoomEncoding = { _encode(packet: RoomPacket, options: RoomOptions): unknown[] };

/**
 * Sends an event to sockets of one namespace, encoded once.
 * Assumes the same of the adapter as {@link wholeFrames}, and that a member of a room gets a message by the private
 * `notifyOutgoingListeners` and by `writeToEngine` of its client. 2 is Socket.IO's EVENT.
 */
export function sendToAll(io: IoNamespace, sockets: Iterable<Socket>, event: string, payload: object): void {
  const packet = { type: 2, data: [event, payload], nsp: io.name };
  const options = {};
  const encoded = (io.adapter as unknown as RoomEncoding)._encode(packet, options);
  for (const socket of sockets) {
    const { client, notifyOutgoingListeners } = socket as unknown as Member;
    notifyOutgoingListeners.call(socket, packet);
    client.writeToEngine(encoded, options);
  }
}

type Member = {
  client: { writeToEngine(packets: unknown[], options: object): void };
  notifyOutgoingListeners(packet: object): void;
};

/**
 * Returns a copy of a waiting packet with other content.
 * Assumes that a packet that was sent to a room carries a WebSocket frame with the content for all members, which is sent
 * instead of `data`, in the option `wsPreEncodedFrame`.
 */
export function withContent(packet: WaitingPacket, data: string): WaitingPacket {
  const { wsPreEncodedFrame: _, ...options } = packet.options ?? {};
  return { ...packet, data, options };
}

/**
 * Returns the prefix of the channels: that of the installation, and the number of the database, because Redis has one set
 * of channels for all databases.
 */
export function channelPrefixOf(redisUrl: string, prefix: string): string {
  const database = parseRedisUrl(redisUrl)?.database ?? 0;
  return `${prefix === '' ? '' : `${prefix}:`}${database === 0 ? 'hexfleet' : `hexfleet-${database}`}`;
}

/**
 * Returns the Redis channel of a room.
 * Assumes that the sharded adapter, with this prefix and in dynamic mode, subscribes to this channel when the
 * first member joins the room, publishes what is sent to the room alone there, and unsubscribes when the last one leaves.
 */
export const channelOf = (prefix: string, namespace: string, room: string): string =>
  `${prefix}#${namespace}#${room}#`;

/** Returns the room of a channel, or the empty string or an id for the channels of whole namespaces; see {@link channelOf}. */
export const roomOfChannel = (channel: string): string => channel.split('#', 3)[2] ?? '';
