import type { Socket } from 'socket.io';
import { takeMessages } from './library-internals.js';
import { allowRequest, MAX_PACKET_BYTES } from './limits.js';

/** Bytes of unsent answers above which packets take the usual path through Socket.IO, which is bounded. */
const MAX_WAITING_BYTES = 64 * 1_024;

/**
 * Handles one event of a socket before Engine.IO and Socket.IO decode it: on a WebSocket, an EVENT packet is recognized by
 * its first bytes and answered with an ACK packet if it has an ack id. This saves much of the cost of a fix at its gateway.
 * The wire format is Socket.IO's (https://socket.io/docs/v4/socket-io-protocol/). Any other packet, any packet over a limit,
 * and everything over long polling takes the usual path to the usual listeners.
 * @param unacknowledged called with the answer to a packet without an ack id
 */
export function onFastPath<Answer extends object>(
  socket: Socket,
  event: string,
  handle: (payload: unknown) => Promise<Answer>,
  unacknowledged: (answer: Answer) => void,
): void {
  // 4 is Engine.IO's "message"; 2 and 3 are Socket.IO's EVENT and ACK.
  const namespace = socket.nsp.name;
  const eventPrefix = Buffer.from(`42${namespace},`);
  const argumentsPrefix = `["${event}",`;

  const stop = takeMessages(socket.conn, (data, isBinary, reply) => {
    if (isBinary || !socket.connected || data.length > MAX_PACKET_BYTES || !startsWith(data, eventPrefix))
      return false;
    const packet = data.toString('utf8', eventPrefix.length);
    const at = packet.indexOf('[');
    const id = packet.slice(0, at);
    if (!/^\d*$/.test(id) || !packet.startsWith(argumentsPrefix, at)) return false;
    const args = parse(packet.slice(at));
    if (args?.length !== 2 || reply.waitingBytes() > MAX_WAITING_BYTES || !allowRequest(socket)) return false;
    handle(args[1]).then((answer) => {
      if (id === '') unacknowledged(answer);
      else if (socket.connected) reply.send(`43${namespace},${id}[${JSON.stringify(answer)}]`);
    });
    return true;
  });
  socket.once('disconnect', stop);
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
