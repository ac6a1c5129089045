import type { DefaultEventsMap, Namespace as IoNamespace, Socket } from 'socket.io';
import { type Hello, NAMESPACES, type Namespace, Refusal, userRoom } from '#protocol';
import { limitRequests, readsTooSlowly } from './limits.js';
import type { Identity, Tokens } from './tokens.js';

export type IdentifiedSocket<
  Requests extends object = DefaultEventsMap,
  Pushes extends object = DefaultEventsMap,
> = Socket<Requests & DefaultEventsMap, Pushes & DefaultEventsMap, DefaultEventsMap, Identity>;

/** How often slow readers are looked for. */
const LOOK_INTERVAL_MS = 5_000;
/** setTimeout takes no longer delay. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Guards a namespace: no socket is connected before its token was checked, so no request can overtake the check.
 * A connected socket is in its user's room, is told which node holds it, and ends when its token does.
 */
export function guardNamespace(io: IoNamespace, name: Namespace, tokens: Tokens, node: string): void {
  const { roles, requests } = NAMESPACES[name];
  const events = new Set(Object.keys(requests));

  io.use((socket, next) => {
    identify(socket.handshake.auth?.token).then(
      (identity) => {
        Object.assign(socket.data, identity);
        next();
      },
      (error: unknown) => next(handshakeError(error)),
    );
  });

  const identify = async (token: unknown): Promise<Identity> => {
    const identity = await tokens.verify(token);
    if (!(roles as readonly string[]).includes(identity.role)) throw new Refusal('WRONG_ROLE');
    return identity;
  };

  io.on('connection', (socket: IdentifiedSocket) => {
    const now = Date.now();
    limitRequests(socket, events);
    socket.join(userRoom(socket.data.userId));
    socket.emit('hello', { node, now } satisfies Hello);
    const expiry = setTimeout(
      () => socket.disconnect(true),
      Math.min(socket.data.expiresAt - now, MAX_TIMER_MS),
    );
    socket.once('disconnect', () => clearTimeout(expiry));
  });

  const looking = setInterval(() => {
    for (const socket of io.sockets.values()) if (readsTooSlowly(socket)) socket.disconnect(true);
  }, LOOK_INTERVAL_MS);
  looking.unref();
}

/** The default namespace has nothing to offer, and a connection to it would never be checked. */
export function refuseDefaultNamespace(io: IoNamespace): void {
  io.use((_socket, next) => next(handshakeError(new Refusal('NO_NAMESPACE'))));
}

/** Arrives at the client as `connect_error`, with the failure in its `data`. */
function handshakeError(error: unknown): Error & { data: object } {
  const refusal = error instanceof Refusal ? error : new Refusal('INTERNAL');
  return Object.assign(new Error(refusal.message), { data: refusal.failure });
}
