import type { DefaultEventsMap, Namespace as IoNamespace, Socket } from 'socket.io';
import {
  type Answer,
  agreedVersion,
  type Namespace,
  ProtocolError,
  type Pushes,
  parse,
  type Requests,
  TokenRenewal,
  userRoom,
} from '#protocol';
import { partOf } from '#protocol/wire';
import { ConnectionLimits } from './connection-limits.js';
import { limitRequests, readsTooSlowly, toFailure } from './limits.js';
import { isOpen } from './socketio-internals.js';
import type { Identity, Tokens } from './tokens.js';
import { UserLimits } from './user-limits.js';

/** A socket whose token was checked, with the events of its namespace; of a union, with those that all have. */
export type IdentifiedSocket<N extends Namespace = Namespace> = Socket<
  Requests<N>,
  Pushes<N>,
  DefaultEventsMap,
  Identity
>;

/** How often slow readers are looked for. */
const LOOK_INTERVAL_MS = 5_000;
/** setTimeout takes no longer delay. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Guards a namespace: no socket is connected before its token was checked, so no request can overtake the check.
 * Neither is one that asks for a version of the protocol that is not spoken here.
 * A connected socket is in its user's room, is told which node holds it, and ends when its token does, unless it brings a
 * new one of the same user before.
 */
export function authenticateNamespace(io: IoNamespace, name: Namespace, tokens: Tokens, node: string): void {
  const { roles, requests } = partOf(name);
  const mustAck = new Map(Object.entries(requests).map(([event, { mustAck }]) => [event, mustAck]));

  const users = UserLimits.of(io.server);

  io.use((socket, next) => {
    const connection = ConnectionLimits.of(socket.conn);
    if (!connection.begin(name)) return next(handshakeError(new ProtocolError('RATE_LIMITED')));
    const { token, version } = socket.handshake.auth ?? {};
    // Nobody needs it again, and it would be kept as long as the socket.
    socket.handshake.auth = {};
    admit({ token, version })
      .then((identity) => {
        if (isOpen(socket.conn)) {
          users.open(socket, identity);
          connection.opened(socket, () => users.close(socket, identity));
        }
        Object.assign(socket.data, identity);
        next();
      })
      .catch((error: unknown) => {
        connection.refused();
        next(handshakeError(error));
      })
      .finally(() => connection.end(name));
  });

  const admit = async ({ token, version }: Record<string, unknown>): Promise<Identity> => {
    agreedVersion(version);
    return identify(token);
  };

  const identify = async (token: unknown): Promise<Identity> => {
    const identity = await tokens.verify(token);
    if (!(roles as readonly string[]).includes(identity.role)) throw new ProtocolError('WRONG_ROLE');
    return identity;
  };

  const renew = async (socket: IdentifiedSocket, payload: unknown): Promise<{ expiresAt: number }> => {
    const identity = await identify(parse(TokenRenewal, payload).token);
    if (identity.userId !== socket.data.userId) throw new ProtocolError('OTHER_USER');
    if (identity.role !== socket.data.role) throw new ProtocolError('WRONG_ROLE');
    socket.data.expiresAt = identity.expiresAt;
    return { expiresAt: identity.expiresAt };
  };

  io.on('connection', (socket: IdentifiedSocket) => {
    limitRequests(socket, mustAck);
    socket.join(userRoom(socket.data.userId));
    const { expiresAt } = socket.data;
    const version = agreedVersion(socket.handshake.auth?.version);
    socket.emit('hello', { node, version, now: Date.now(), expiresAt });
    let expiry = endAtExpiry(socket);
    socket.once('disconnect', () => clearTimeout(expiry));
    socket.on('token', (...args: unknown[]) => {
      // The guard has seen that the last argument is a function; whatever else a client sends stands before it.
      const ack = args.at(-1) as (answer: Answer<{ expiresAt: number }>) => void;
      renew(socket, args.length > 1 ? args[0] : undefined).then(
        (answer) => {
          clearTimeout(expiry);
          if (socket.connected) expiry = endAtExpiry(socket);
          ack({ ok: true, ...answer });
        },
        (error: unknown) => ack(toFailure(error)),
      );
    });
  });

  const looking = setInterval(() => {
    for (const socket of io.sockets.values()) if (readsTooSlowly(socket)) socket.disconnect(true);
  }, LOOK_INTERVAL_MS);
  looking.unref();
}

function endAtExpiry(socket: IdentifiedSocket): NodeJS.Timeout {
  const leftMs = socket.data.expiresAt - Date.now();
  return setTimeout(() => socket.disconnect(true), Math.min(leftMs, MAX_TIMER_MS));
}

/** The default namespace has nothing to offer, and a connection to it would never be checked. */
export function refuseDefaultNamespace(io: IoNamespace): void {
  io.use((socket, next) => {
    ConnectionLimits.of(socket.conn).refused();
    next(handshakeError(new ProtocolError('NO_NAMESPACE')));
  });
}

/** Arrives at the client as `connect_error`, with the failure in its `data`. */
function handshakeError(error: unknown): Error & { data: object } {
  const refusal = error instanceof ProtocolError ? error : new ProtocolError('INTERNAL');
  return Object.assign(new Error(refusal.message), { data: refusal.failure });
}
