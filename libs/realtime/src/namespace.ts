import type { DefaultEventsMap, Namespace as IoNamespace, Server, Socket } from 'socket.io';
import {
  type Answer,
  agreedVersion,
  Id,
  NAMESPACES,
  type Namespace,
  ProtocolError,
  type Pushes,
  parse,
  type Requests,
  TokenRenewal,
  userRoom,
} from '#protocol';
import { partOf } from '#protocol/wire';
import { clock } from '#store';
import { Admission, GatewayBusyError } from './admission.js';
import { ConnectionLimits } from './connection-limits.js';
import { isOpen } from './library-internals.js';
import { limitRequests, toFailure } from './limits.js';
import type { Identity, Tokens } from './tokens.js';
import { UserLimits } from './user-limits.js';

/** Identity of a socket, and of a driver also its device: what the client calls it, or else the connection. */
type SocketData = Identity & { deviceId?: string };

/**
 * Socket with a verified token, typed with the events of its namespace; for a union, with the events in common. The name of
 * the namespace is part of the type, because the events alone do not make sockets of two namespaces incompatible.
 */
export type IdentifiedSocket<N extends Namespace = Namespace> = Socket<
  Requests<N>,
  Pushes<N>,
  DefaultEventsMap,
  SocketData
> & { readonly nsp: { readonly name: N } };

/** Maximum delay of setTimeout. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Authenticates a namespace: a socket is connected only after its token and protocol version were checked, so no request
 * can overtake the check. A connected socket joins its user's room, receives `hello`, and is disconnected when its token
 * expires unless it sends a new one for the same user first.
 */
export function authenticateNamespace(io: IoNamespace, name: Namespace, tokens: Tokens, node: string): void {
  const { roles, requests } = partOf(name);
  const mustAck = new Map(Object.entries(requests).map(([event, { mustAck }]) => [event, mustAck]));

  const users = UserLimits.of(io.server);
  const admission = Admission.of(io.server);

  io.use((socket, next) => {
    const connection = ConnectionLimits.of(socket.conn);
    if (!connection.begin(name)) return next(handshakeError(new ProtocolError('RATE_LIMITED')));
    const { token, version, deviceId = socket.id } = socket.handshake.auth ?? {};
    // Drop the token: it is not needed again and would be kept as long as the socket.
    socket.handshake.auth = { version };
    admission
      .run(async () => {
        // The client may have given up while it waited; Socket.IO then ignores the result.
        if (!isOpen(socket.conn)) return next();
        const identity = await admit({ token, version, deviceId });
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

  const admit = async ({ token, version, deviceId }: Record<string, unknown>): Promise<SocketData> => {
    agreedVersion(version);
    const device = name === '/driver' ? { deviceId: parse(Id, deviceId) } : {};
    return { ...(await identify(token)), ...device };
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

  io.on('connection', (connected: Socket) => {
    const socket = connected as unknown as IdentifiedSocket;
    limitRequests(socket, mustAck);
    socket.join(userRoom(socket.data.userId));
    const { expiresAt } = socket.data;
    const version = agreedVersion(socket.handshake.auth?.version);
    socket.emit('hello', { node, version, now: clock.now(), expiresAt });
    let expiry = endAtExpiry(socket);
    socket.once('disconnect', () => clearTimeout(expiry));
    socket.on('clock', (...args: unknown[]) => {
      (args.at(-1) as (answer: Answer<{ now: number }>) => void)({ ok: true, now: clock.now() });
    });
    socket.on('token', (...args: unknown[]) => {
      // `limitRequests` has checked that the last argument is a function; any other argument precedes it.
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
}

function endAtExpiry(socket: IdentifiedSocket): NodeJS.Timeout {
  const remainingMs = socket.data.expiresAt - clock.now();
  return setTimeout(() => socket.disconnect(true), Math.min(remainingMs, MAX_TIMER_MS));
}

/** Refuses connections to every namespace that has no events: the default one, and any that a client makes up. */
export function refuseOtherNamespaces(server: Server): void {
  server.of('/').use(refuseNamespace);
  // A namespace of its own for each unknown name, which is removed with its last socket, right after the refusal.
  server.of((_name, _auth, next) => next(null, true)).use(refuseNamespace);
}

function refuseNamespace(socket: Socket, next: (error: Error) => void): void {
  ConnectionLimits.of(socket.conn).refused();
  const error = handshakeError(new ProtocolError('NO_NAMESPACE'));
  next(Object.assign(error, { data: { ...error.data, namespaces: [...NAMESPACES] } }));
}

/** Returns an error that reaches the client as `connect_error`, with the failure in its `data`. */
function handshakeError(error: unknown): Error & { data: object } {
  const refusal = error instanceof ProtocolError ? error : new ProtocolError('INTERNAL');
  const more = error instanceof GatewayBusyError ? { retryInMs: error.retryInMs } : {};
  return Object.assign(new Error(refusal.message), { data: { ...refusal.failure, ...more } });
}
