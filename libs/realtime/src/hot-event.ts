import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { allowRequest, MAX_PACKET_BYTES } from './limits.js';

/** Answers of this many bytes may wait for a client that does not read; then Socket.IO's own way, which is bounded, takes over. */
const MAX_WAITING_BYTES = 64 * 1_024;

type Listener = (data: Buffer, isBinary: boolean) => void;
type Transport = { name: string; socket: WebSocket };

/** @returns whether the packet was the hot event, and is answered */
type Take = (data: Buffer, isBinary: boolean) => boolean;

/** What takes the packets of a WebSocket first: of the socket that connected last. */
const takes = new WeakMap<WebSocket, Take>();

/**
 * Handles one event of a socket before Engine.IO and Socket.IO unwrap it: on a WebSocket, an EVENT packet is found by its
 * first bytes and answered with an ACK packet if it has an ack id, which spares a good part of what a fix costs its gateway.
 * The wire is Socket.IO's (https://socket.io/docs/v4/socket-io-protocol/), and whatever is not exactly such a packet, or
 * is over a limit, goes the usual way to the usual listeners, as everything does over long polling.
 * @param unacknowledged takes the answer to a packet without an ack id
 */
export function onHotEvent<Answer extends object>(
  socket: Socket,
  event: string,
  handle: (payload: unknown) => Promise<Answer>,
  unacknowledged: (answer: Answer) => void,
): void {
  // 4 is Engine.IO's "message"; 2 and 3 are Socket.IO's EVENT and ACK.
  const namespace = socket.nsp.name;
  const eventPrefix = Buffer.from(`42${namespace},`);
  const argumentsPrefix = `["${event}",`;

  const takeFrom =
    (ws: WebSocket): Take =>
    (data, isBinary) => {
      if (isBinary || !socket.connected || data.length > MAX_PACKET_BYTES || !startsWith(data, eventPrefix))
        return false;
      const packet = data.toString('utf8', eventPrefix.length);
      const at = packet.indexOf('[');
      const id = packet.slice(0, at);
      if (!/^\d*$/.test(id) || !packet.startsWith(argumentsPrefix, at)) return false;
      const args = parse(packet.slice(at));
      if (args?.length !== 2 || ws.bufferedAmount > MAX_WAITING_BYTES || !allowRequest(socket)) return false;
      handle(args[1]).then((answer) => {
        if (id === '') unacknowledged(answer);
        else if (socket.connected) ws.send(`43${namespace},${id}[${JSON.stringify(answer)}]`);
      });
      return true;
    };

  const intercept = (transport: unknown) => {
    const { name, socket: ws } = transport as Transport;
    if (name !== 'websocket') return;
    if (!takes.has(ws)) takeFirst(ws);
    takes.set(ws, takeFrom(ws));
  };
  intercept(socket.conn.transport);
  socket.conn.on('upgrade', intercept);
  socket.once('disconnect', () => socket.conn.off('upgrade', intercept));
}

function takeFirst(ws: WebSocket): void {
  const [usual] = ws.listeners('message') as Listener[];
  ws.off('message', usual!);
  ws.on('message', (data: Buffer, isBinary: boolean) => {
    if (!takes.get(ws)!(data, isBinary)) usual!.call(ws, data, isBinary);
  });
}

function startsWith(data: Buffer, prefix: Buffer): boolean {
  if (data.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i += 1) if (data[i] !== prefix[i]) return false;
  return true;
}

function parse(text: string): unknown[] | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
