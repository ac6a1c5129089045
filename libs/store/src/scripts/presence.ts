import { keys, presencePartOf } from '../keys.js';
import type { UserSocket } from '../user-presence.js';
import { script } from './script.js';

type WritePresence = {
  userId: string;
  runId: string;
  sockets: UserSocket[];
  /** time of the change, epoch ms */
  at: number;
  graceMs: number;
  ttlS: number;
};

/** Writes all sockets of a user that one run of a node holds. Returns the user's hash before, field and value alternating. */
export const writePresence = script('write-presence-3', {
  keys: ({ userId, runId }: WritePresence) => {
    const part = presencePartOf(userId);
    return [keys.presence(userId), keys.presenceOn(part, runId), keys.presenceGone(part)] as const;
  },
  args: ({ userId, runId, sockets, at, graceMs, ttlS }) => [
    userId,
    runId,
    sockets.length === 0 ? '' : JSON.stringify(sockets),
    at,
    graceMs,
    ttlS,
  ],
  result: (before: string[]) => before,
});
