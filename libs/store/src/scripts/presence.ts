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

type FollowDevice = {
  driverId: string;
  deviceId: string;
  /** epoch ms */
  now: number;
  isDeclared: boolean;
  maxDevices: number;
  ttlMs: number;
};

/** Follows a device of a driver, unless its fixes arrive after another one took over. Returns the followed device, and the one before. */
export const followDevice = script('follow-device-1', {
  keys: ({ driverId }: FollowDevice) => [keys.devices(driverId)] as const,
  args: ({ deviceId, now, isDeclared, maxDevices, ttlMs }) => [
    deviceId,
    now,
    isDeclared ? 1 : 0,
    maxDevices,
    ttlMs,
  ],
  result: ([followed, before]: [string, string]) => ({ followed, before: before || null }),
});
