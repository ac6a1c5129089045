import { Injectable, Logger } from '@nestjs/common';
import type { Disconnected, Namespace, Presence } from '#protocol';
import { Hub, type IdentifiedSocket } from '#realtime';
import { clock, orUnavailable, PresenceStore, presenceIn } from '#store';
import { LocalConnections } from './local-connections.js';

/** Connections of users across all nodes. */
@Injectable()
export class ConnectionsService {
  readonly #logger = new Logger('connections');

  constructor(
    private readonly store: PresenceStore,
    private readonly connections: LocalConnections,
    private readonly hub: Hub,
  ) {}

  /** Counts a socket of this node as a connection of its user until it disconnects. */
  opened(socket: IdentifiedSocket): void {
    const { userId, role, deviceId } = socket.data;
    const namespace = socket.nsp.name as Namespace;
    const fields = { namespace, userId, role, socketId: socket.id };
    this.connections.opened(userId, namespace, socket.id, deviceId);
    this.#logger.debug({ message: 'connected', ...fields });
    socket.once('disconnect', (reason) => {
      this.connections.closed(userId, socket.id);
      this.#logger.debug({ message: 'disconnected', ...fields, reason });
    });
  }

  /** Returns where a user is connected. @throws {ProtocolError} UNAVAILABLE */
  async presence(userId: string): Promise<Presence> {
    const now = clock.now();
    return { userId, ...presenceIn(await orUnavailable(this.store.of(userId, now)), now) };
  }

  /** Ends all sockets of a user, on all nodes and in all namespaces. @throws {ProtocolError} UNAVAILABLE */
  async disconnectUser(userId: string): Promise<Disconnected> {
    const { connections } = await this.presence(userId);
    this.hub.disconnectUser(userId);
    return { connections: connections.length };
  }
}
