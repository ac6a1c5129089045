import type { Server } from 'socket.io';
import type { Metrics } from '#ops';
import type { NodeState } from '#protocol';
import type { LocalConnections } from './local-connections.js';

/** Counts the sockets of this node, for its state and for its metrics. */
export function countConnections(server: Server, metrics: Metrics): NodeState['connections'] {
  const count = (namespace: string) => {
    const { size } = server.of(namespace).sockets;
    metrics.connections.set({ namespace }, size);
    return size;
  };
  return { driver: count('/driver'), rider: count('/rider'), dispatch: count('/dispatch') };
}

/** Counts the users that these sockets belong to. */
export function countUsers(connections: LocalConnections, metrics: Metrics): number {
  metrics.users.set(connections.count);
  return connections.count;
}
