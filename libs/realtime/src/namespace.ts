import type { DefaultEventsMap, Namespace as IoNamespace, Server, Socket } from 'socket.io';
import {
  agreedVersion,
  COUNTED_ACKS,
  type Code,
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
import { onDisconnection, watchDisconnection } from './disconnections.js';
import { isOpen } from './internals/engine-io.js';
import { compact, dropAcks } from './internals/socket-io.js';
import { requestsTo, toFailure } from './limits.js';
import { type Request, requestTable } from './request-table.js';
import { hasSameRights } from './token-claims.js';
import { TokenExpiry } from './token-expiry.js';
import type { Identity, Tokens } from './tokens.js';
import { UserLimits } from './user-limits.js';

type SocketData = Identity & {
  /** device, as the client calls it; of a driver without a name, the connection */
  deviceId?: string;
  /** whether the events go to a client that polls, which opens another stream for each answer */
  polls?: boolean;
};

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

/**
 * Authenticates a namespace: a socket is connected only after its token and protocol version were checked, so no request
 * can overtake the check. A connected socket joins its user's room, receives `hello`, and is disconnected when its token
 * expires unless it sends a new one for the same user first.
 */
export function authenticateNamespace(
  io: IoNamespace,
  name: Namespace,
  tokens: Tokens,
  node: string,
  /** called with the result of each handshake */
  onHandshake: (code: Code | 'ok') => void = () => {},
): void {
  const { roles, requests } = partOf(name);
  const mustAck = new Map(Object.entries(requests).map(([event, { mustAck }]) => [event, mustAck]));

  const users = UserLimits.of(io.server);
  const admission = Admission.of(io.server);

  io.use((socket, next) => {
    const connection = ConnectionLimits.of(socket.conn);
    const refuse = (error: unknown) => {
      onHandshake(error instanceof ProtocolError ? error.code : 'INTERNAL');
      next(handshakeError(error));
    };
    if (!connection.begin(name)) return refuse(new ProtocolError('RATE_LIMITED'));
    const { token, version, deviceId, acks } = socket.handshake.auth ?? {};
    // Drop the token and the headers: they are not needed again and would be kept as long as the socket.
    const auth = { version, ...(acks === COUNTED_ACKS && { acks }) };
    (socket as { handshake: Pick<Socket['handshake'], 'auth'> }).handshake = { auth };
    admission
      .run(async () => {
        // The client may have given up while it waited; Socket.IO then ignores the result.
        if (!isOpen(socket.conn)) return next();
        const identity = await admit({ token, version, deviceId, socketId: socket.id });
        if (isOpen(socket.conn)) {
          users.open(socket, identity);
          connection.opened(socket);
        }
        Object.assign(socket.data, identity);
        next();
      })
      .catch((error: unknown) => {
        connection.refused();
        refuse(error);
      })
      .finally(() => connection.end(name));
  });

  const admit = async ({
    token,
    version,
    deviceId,
    socketId,
  }: Record<string, unknown>): Promise<SocketData> => {
    agreedVersion(version);
    // The service follows one device of each driver, so those without a name get one.
    const named = name === '/driver' ? (deviceId ?? socketId) : deviceId;
    const device = named === undefined ? {} : { deviceId: parse(Id, named) };
    return { ...(await identify(token)), ...device };
  };

  const identify = async (token: unknown): Promise<Identity> => {
    const identity = await tokens.verify(token);
    if (!(roles as readonly string[]).includes(identity.role)) throw new ProtocolError('WRONG_ROLE');
    return identity;
  };

  const renew = async ({ socket, payload }: Request): Promise<object> => {
    const identity = await identify(parse(TokenRenewal, payload).token);
    if (identity.userId !== socket.data.userId) throw new ProtocolError('OTHER_USER');
    if (identity.role !== socket.data.role) throw new ProtocolError('WRONG_ROLE');
    // Its watches were checked with the rights that it had.
    if (!hasSameRights(identity, socket.data)) throw new ProtocolError('OTHER_USER', 'other rights');
    socket.data.expiresAt = identity.expiresAt;
    expiry.add(socket);
    return { ok: true, expiresAt: identity.expiresAt };
  };

  const expiry = new TokenExpiry();
  const takeRequests = requestsTo(io, mustAck);
  requestTable(io)
    .set('clock', (_request, ack) => ack?.({ ok: true, now: clock.now() }))
    .set('token', (request, ack) => {
      renew(request).then(ack, (error: unknown) => ack?.(toFailure(error)));
    });
  onDisconnection(io, (socket) => {
    expiry.delete(socket);
    ConnectionLimits.of(socket.conn).closed(socket);
  });

  io.on('connection', (connected: Socket) => {
    const socket = connected as unknown as IdentifiedSocket;
    onHandshake('ok');
    takeRequests(connected);
    watchDisconnection(connected);
    dropAcks(connected);
    socket.join(userRoom(socket.data.userId));
    const { expiresAt } = socket.data;
    const version = agreedVersion(socket.handshake.auth?.version);
    const hello = { node, version, now: clock.now(), expiresAt };
    socket.emit('hello', hasCountedAcks(socket) ? { ...hello, acks: COUNTED_ACKS } : hello);
    expiry.add(connected);
    // After all have added their listeners.
    setImmediate(compact, connected);
  });
}

/** Whether a driver app has asked for counted acks in its handshake. */
export const hasCountedAcks = ({ nsp, handshake }: IdentifiedSocket): boolean =>
  nsp.name === '/driver' && handshake.auth.acks === COUNTED_ACKS;

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
