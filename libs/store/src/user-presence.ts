import type { Namespace, UserConnection } from '#protocol';

/** Grace period: a user whose last socket closed goes offline for its partner after this time. */
export const GRACE_MS = 5_000;

/**
 * Presence hash of a user. `at:<run id>`: the sockets that this run of a node holds, a JSON list of
 * `[namespace, id, since, device]`; `seen:<namespace>`: when the last socket there closed, epoch ms.
 */
export type PresenceHash = Record<string, string>;

/** Runs of nodes that are alive, and the last heartbeat of each run, epoch ms. */
export type LiveRuns = {
  gateways: string[];
  alive: ReadonlySet<string>;
  heartbeats: Readonly<Record<string, number>>;
};

export type UserSocket = [namespace: Namespace, socketId: string, since: number, deviceId?: string];

/** Connections of a user, and when it was last seen in each namespace without a live socket, epoch ms. */
export type UserPresence = { connections: UserConnection[]; seenAt: Map<Namespace, number> };

/** Interprets a presence hash. Sockets count while their run is alive; after that, its last heartbeat is their last seen. */
export function userPresenceOf(hash: PresenceHash, { alive, heartbeats }: LiveRuns): UserPresence {
  const connections: UserConnection[] = [];
  const seenAt = new Map<Namespace, number>();
  const noteSeen = (namespace: Namespace, at: number) =>
    seenAt.set(namespace, Math.max(at, seenAt.get(namespace) ?? 0));
  for (const [field, value] of Object.entries(hash)) {
    const [kind, name] = split(field, field.indexOf(':'));
    if (kind === 'seen') noteSeen(name as Namespace, Number(value));
    else
      for (const [namespace, socketId, since, deviceId] of JSON.parse(value) as UserSocket[]) {
        const [node] = split(name, name.lastIndexOf('@'));
        const device = deviceId === undefined ? {} : { deviceId };
        if (alive.has(name)) connections.push({ node, namespace, socketId, since, ...device });
        else noteSeen(namespace, Math.max(since, heartbeats[name] ?? 0));
      }
  }
  return { connections: connections.sort((a, b) => a.since - b.since), seenAt };
}

/** Presence of a user across namespaces: online while connected, and last seen now while online. */
export function presenceIn({ connections, seenAt }: UserPresence, now: number) {
  const online = connections.length > 0;
  const lastSeenAt = seenAt.size === 0 ? null : Math.max(...seenAt.values());
  return { online, lastSeenAt: online ? now : lastSeenAt, connections };
}

/** Presence of a user in one namespace as its partner sees it: online until the grace period is over. */
export function presenceForPartner({ connections, seenAt }: UserPresence, namespace: Namespace, now: number) {
  const lastSeenAt = seenAt.get(namespace) ?? null;
  if (connections.some((connection) => connection.namespace === namespace))
    return { online: true, lastSeenAt: now };
  return { online: lastSeenAt !== null && lastSeenAt > now - GRACE_MS, lastSeenAt };
}

const split = (text: string, at: number): [string, string] => [text.slice(0, at), text.slice(at + 1)];
