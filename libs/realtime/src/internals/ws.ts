/**
 * Assumptions about ws, and about Engine.IO on top of it, that go beyond their documentation, each named by its function.
 * `ws.test.ts` checks them against the installed versions, which `package.json` pins.
 */
import { randomBytes } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { Socket as NetSocket } from 'node:net';
import type { WebSocket } from 'ws';
import { type EngineConnection, isOpen, isSending } from './engine-io.js';

/** Sends to a WebSocket past the queue of Engine.IO; see {@link takeMessages}. */
export type DirectReply = {
  /** @param packet Engine.IO packet with its type, such as `4…` for a message */
  send(packet: string): void;
  /** number of bytes that the client has not received yet */
  waitingBytes(): number;
};

/** Handles a WebSocket message. @returns false to leave it to Engine.IO */
export type TakeMessage = (data: Buffer, isBinary: boolean, reply: DirectReply) => boolean;

type MessageListener = (data: Buffer, isBinary: boolean) => void;

/**
 * Asks a WebSocket client to prove that it has read everything before: it must return the random content of a ping frame,
 * which every implementation does by itself (RFC 6455, 5.5.2). The pings of Engine.IO can be answered without reading.
 * Assumes that a WebSocket transport keeps its ws WebSocket in the private `socket`, and that ws sends frames in order.
 * @param answered called once
 */
export function requestProofOfReading(conn: EngineConnection, answered: () => void): void {
  const { socket: ws } = conn.transport as unknown as { socket: WebSocket };
  if (ws.readyState !== ws.OPEN) return;
  const content = randomBytes(8);
  const check = (data: Buffer) => {
    if (!content.equals(data)) return;
    ws.off('pong', check);
    answered();
  };
  ws.on('pong', check);
  ws.ping(content);
}

/**
 * Drops the HTTP request that a connection began with, which takes as much memory as the rest of a socket.
 * Assumes that Engine.IO and Socket.IO need it for the handshake only, and Socket.IO does without it when another namespace is
 * connected; and that Engine.IO leaves two listeners behind that hold it: one that waits once for the end of the TCP connection,
 * for middleware, and `onUpgradeError`. Assumes also that a WebSocket needs neither the `headers` listener of its transport nor the
 * methods that the HTTP server of Node gave to its TCP socket.
 */
export function dropRequest(conn: EngineConnection): void {
  (conn as unknown as { request: unknown }).request = null;
  const { name, socket: ws } = conn.transport as unknown as { name: string; socket: RawWebSocket };
  if (name !== 'websocket') return;
  for (const listener of ws._socket.rawListeners('close') as OnceListener[])
    if (listener.listener !== undefined) ws._socket.off('close', listener.listener);
  for (const listener of ws.listeners('error') as Array<() => void>)
    if (listener.name === 'onUpgradeError') ws.off('error', listener);
  conn.transport.removeAllListeners('headers');
  const { on, addListener, prependListener } = NetSocket.prototype;
  Object.assign(ws._socket, { on, addListener, prependListener });
}

type OnceListener = { listener?: () => void };

/** WebSocket frame of an Engine.IO packet of less than 126 bytes. */
export const shortFrame = (packet: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, Buffer.byteLength(packet)]), Buffer.from(packet)]);

/**
 * Writes a frame to a WebSocket that has nothing else to send, past the queue of Engine.IO.
 * Assumes what {@link takeMessages} and {@link isSending} do, and that ws writes to the private `_socket`, has nothing that
 * waits for a compression, and counts what that has not taken in `bufferedAmount`.
 * @returns false, and writes nothing, if it is no open WebSocket, or something waits
 */
export function writeFrame(conn: EngineConnection, frame: Buffer): boolean {
  const { name, socket: ws } = conn.transport as unknown as { name: string; socket: RawWebSocket };
  if (name !== 'websocket' || !isOpen(conn) || isSending(conn)) return false;
  if (ws.readyState !== ws.OPEN || ws.bufferedAmount > 0) return false;
  ws._socket.write(frame);
  return true;
}

/** WebSocket of ws with its private parts. */
export type RawWebSocket = WebSocket & { _socket: NetSocket; _receiver: EventEmitter };

const PING = shortFrame('2');

/** Sends a ping of Engine.IO. Assumes the private `sendPacket`. */
export function sendPing(conn: EngineConnection): void {
  if (!writeFrame(conn, PING)) (conn as unknown as { sendPacket(type: string): void }).sendPacket('ping');
}

/**
 * Offers each WebSocket message of a connection to `take` before Engine.IO gets it, now or after an upgrade. If several
 * sockets share the connection, the last one to call this is asked.
 * Assumes that a WebSocket transport keeps its ws WebSocket in the private `socket`, that Engine.IO's listener for
 * `message` is the first one, and that it sends each of its packets as one message, between which others may be sent.
 * @returns stops watching for an upgrade
 */
export function takeMessages(conn: EngineConnection, take: TakeMessage): () => void {
  const intercept = (transport: unknown) => {
    const { name, socket: ws } = transport as { name: string; socket: WebSocket };
    if (name !== 'websocket') return;
    if (!takers.has(ws)) takeFirst(ws);
    takers.set(ws, take);
  };
  intercept(conn.transport);
  // A WebSocket is upgraded no further.
  if (conn.transport.name === 'websocket') return () => {};
  conn.on('upgrade', intercept);
  return () => conn.off('upgrade', intercept);
}

const takers = new WeakMap<WebSocket, TakeMessage>();

function takeFirst(ws: WebSocket): void {
  const [original] = ws.listeners('message') as MessageListener[];
  const reply: DirectReply = {
    send: (packet) => ws.send(packet),
    waitingBytes: () => ws.bufferedAmount,
  };
  ws.off('message', original!);
  ws.on('message', (data: Buffer, isBinary: boolean) => {
    if (!takers.get(ws)!(data, isBinary, reply)) original!.call(ws, data, isBinary);
  });
}
