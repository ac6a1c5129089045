import type { Namespace as IoNamespace, Socket } from 'socket.io';
import { attached } from './attached.js';
import { type DirectReply, takeMessages } from './internals/ws.js';
import { allowRequest, MAX_PACKET_BYTES } from './limits.js';

/** Bytes of unsent answers above which packets take the usual path through Socket.IO, which is bounded. */
const MAX_WAITING_BYTES = 64 * 1_024;

/** Acknowledgement function of a request. */
export type Ack<Answer extends object> = (answer: Answer) => void;

/**
 * Handles one event of a socket, on a WebSocket before Engine.IO and Socket.IO decode it: an EVENT packet is recognized by its
 * first bytes and answered with an ACK packet if it has an ack id. This saves much of the cost of a fix at its gateway. The
 * wire format is Socket.IO's (https://socket.io/docs/v4/socket-io-protocol/). A packet over a limit, and everything over
 * long polling, takes the usual path, which is bound here, too: directly, because Nest's decorator costs three times the rest
 * of it.
 * @param handle receives the arguments without the acknowledgement function, which is null if there is none
 * @returns sends an event to the client, on the fast path if it can
 */
export function onFastPath<Answer extends object>(
  socket: Socket,
  event: string,
  handle: (args: unknown[], ack: Ack<Answer> | null) => void,
): (event: string, payload: object) => void {
  // 4 is Engine.IO's "message"; 2 and 3 are Socket.IO's EVENT and ACK.
  const namespace = socket.nsp.name;
  const eventPrefix = eventPrefixOf(socket.nsp);
  const argumentsPrefix = `["${event}",`;
  let direct: DirectReply | null = null;

  const stop = takeMessages(socket.conn, (data, isBinary, reply) => {
    if (isBinary || !socket.connected || data.length > MAX_PACKET_BYTES || !startsWith(data, eventPrefix))
      return false;
    const packet = data.toString('utf8', eventPrefix.length);
    const at = packet.indexOf('[');
    const id = packet.slice(0, at);
    if (!/^\d*$/.test(id) || !packet.startsWith(argumentsPrefix, at)) return false;
    const args = parse(packet.slice(at));
    if (args === null || reply.waitingBytes() > MAX_WAITING_BYTES || !allowRequest(socket)) return false;
    direct = reply;
    const ack = (answer: Answer) => {
      if (socket.connected) reply.send(`43${namespace},${id}[${JSON.stringify(answer)}]`);
    };
    handle(args.slice(1), id === '' ? null : ack);
    return true;
  });
  socket.once('disconnect', stop);

  socket.on(event, (...args: unknown[]) => {
    // The acknowledgement function, if any, is the last argument, whatever else a client sends.
    const ack = typeof args.at(-1) === 'function' ? (args.pop() as Ack<Answer>) : null;
    handle(args, ack);
  });

  return (name, payload) => {
    if (direct === null || direct.waitingBytes() > MAX_WAITING_BYTES) socket.emit(name, payload);
    else if (socket.connected) direct.send(`42${namespace},${JSON.stringify([name, payload])}`);
  };
}

/** First bytes of the events of a namespace, which its sockets share. */
const eventPrefixOf = attached(({ name }: IoNamespace) => Buffer.from(`42${name},`));

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
