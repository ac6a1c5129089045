import type { Namespace, UserConnection } from '#protocol';

/** A user whose last socket ended is offline for its partner when it did not come back within this time. */
export const GRACE_MS = 5_000;

/**
 * What Redis knows of a user: `at:<incarnation>` → sockets that this run of a node holds, JSON of
 * `[namespace, id, since]`; `seen:<namespace>` → when the last socket there ended.
 */
export type PresenceHash = Record<string, string>;

/** Which runs of nodes live, and when each was heard last, epoch ms. */
export type LiveRuns = {
  gateways: string[];
  alive: ReadonlySet<string>;
  beats: Readonly<Record<string, number>>;
};

export type UserSocket = [namespace: Namespace, socketId: string, since: number];

/** Where a user is connected, and when it was seen last in each namespace where it was. */
export type UserPresence = { connections: UserConnection[]; seenAt: Map<Namespace, number> };

/** Sockets count while their node lives; those of a dead one were seen last when it was. */
export function userPresenceOf(hash: PresenceHash, { alive, beats }: LiveRuns): UserPresence {
  const connections: UserConnection[] = [];
  const seenAt = new Map<Namespace, number>();
  const saw = (namespace: Namespace, at: number) =>
    seenAt.set(namespace, Math.max(at, seenAt.get(namespace) ?? 0));
  for (const [field, value] of Object.entries(hash)) {
    const [kind, name] = split(field, field.indexOf(':'));
    if (kind === 'seen') saw(name as Namespace, Number(value));
    else
      for (const [namespace, socketId, since] of JSON.parse(value) as UserSocket[]) {
        const [node] = split(name, name.lastIndexOf('@'));
        if (alive.has(name)) connections.push({ node, namespace, socketId, since });
        else saw(namespace, Math.max(since, beats[name] ?? 0));
      }
  }
  return { connections: connections.sort((a, b) => a.since - b.since), seenAt };
}

/** Whether a user is connected, and when it was seen last: now while it is. */
export function presenceIn({ connections, seenAt }: UserPresence, now: number) {
  const online = connections.length > 0;
  const lastSeenAt = seenAt.size === 0 ? null : Math.max(...seenAt.values());
  return { online, lastSeenAt: online ? now : lastSeenAt, connections };
}

/** The same as a partner is told it, of one namespace: who may still come back is online. */
export function presenceForPartner({ connections, seenAt }: UserPresence, namespace: Namespace, now: number) {
  const lastSeenAt = seenAt.get(namespace) ?? null;
  if (connections.some((connection) => connection.namespace === namespace))
    return { online: true, lastSeenAt: now };
  return { online: lastSeenAt !== null && lastSeenAt > now - GRACE_MS, lastSeenAt };
}

const split = (text: string, at: number): [string, string] => [text.slice(0, at), text.slice(at + 1)];
