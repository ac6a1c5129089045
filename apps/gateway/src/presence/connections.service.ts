import { Injectable } from '@nestjs/common';
import { type Disconnected, NAMESPACES, type Namespace, type Presence, userRoom } from '#protocol';
import { Hub, type IdentifiedSocket } from '#realtime';
import { orUnavailable, PresenceStore, presenceIn } from '#store';
import { LocalConnections } from './local-connections.js';

/** Who is connected, on whatever node. */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly store: PresenceStore,
    private readonly connections: LocalConnections,
    private readonly hub: Hub,
  ) {}

  /** A socket of this node counts until it ends. */
  opened(socket: IdentifiedSocket): void {
    const { userId } = socket.data;
    this.connections.opened(userId, socket.nsp.name as Namespace, socket.id);
    socket.once('disconnect', () => this.connections.closed(userId, socket.id));
  }

  /** @throws {Refusal} UNAVAILABLE */
  async presence(userId: string): Promise<Presence> {
    const now = Date.now();
    return { userId, ...presenceIn(await orUnavailable(this.store.of(userId, now)), now) };
  }

  /** Ends all sockets of a user, on all nodes and in all namespaces. @throws {Refusal} UNAVAILABLE */
  async disconnectUser(userId: string): Promise<Disconnected> {
    const { connections } = await this.presence(userId);
    for (const namespace of NAMESPACES)
      this.hub.server.of(namespace).in(userRoom(userId)).disconnectSockets(true);
    return { connections: connections.length };
  }
}
