import { Injectable, Logger } from '@nestjs/common';
import { type Disconnected, type Namespace, type Presence, type Role } from '#protocol';
import { type IdentifiedSocket } from '#realtime';
import { clock, orUnavailable, PresenceStore, presenceIn } from '#store';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { LocalConnections } from './local-connections.js';
import { UserDisconnects } from './user-disconnects.js';

const NAMESPACE_OF: Record<Role, Namespace> = {
  driver: '/driver',
  rider: '/rider',
  dispatcher: '/dispatch',
  service: '/dispatch',
};

/** Connections of users across all nodes. */
@Injectable()
export class ConnectionsService {
  readonly #logger = new Logger('connections');

  constructor(
    private readonly store: PresenceStore,
    private readonly connections: LocalConnections,
    private readonly disconnects: UserDisconnects,
    private readonly metrics: GatewayMetrics,
  ) {}

  /** Counts a socket of this node as a connection of its user until {@link closed}. */
  opened(socket: IdentifiedSocket): void {
    const { userId, deviceId } = socket.data;
    this.connections.opened(userId, socket.nsp.name as Namespace, socket.id, deviceId);
    this.#logger.debug({ message: 'connected', ...logFields(socket) });
  }

  closed(socket: IdentifiedSocket, reason: string): void {
    this.connections.closed(socket.data.userId, socket.id);
    this.metrics.disconnected(socket.nsp.name as Namespace, reason, socket.conn.transport.name);
    this.#logger.debug({ message: 'disconnected', ...logFields(socket), reason });
  }

  /** Returns where a user is connected. @throws {ProtocolError} UNAVAILABLE */
  async presence(userId: string): Promise<Presence> {
    const now = clock.now();
    return { userId, ...presenceIn(await orUnavailable(this.store.of(userId, now)), now) };
  }

  /** Ends all sockets and streams of a user, on all nodes. @throws {ProtocolError} UNAVAILABLE */
  async disconnectUser(userId: string, role: Role): Promise<Disconnected> {
    const { connections } = await this.presence(userId);
    this.disconnects.publish({ role, userId });
    return { connections: connections.filter(({ namespace }) => namespace === NAMESPACE_OF[role]).length };
  }
}

const logFields = ({ id, nsp, data: { userId, role } }: IdentifiedSocket) => ({
  namespace: nsp.name,
  userId,
  role,
  socketId: id,
});
