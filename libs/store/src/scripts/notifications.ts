import { keys } from '../keys.js';
import { ignored, script } from './script.js';

const queue = keys.notifications;

type PutPushDevice = {
  key: string;
  deviceId: string;
  json: string;
  /** epoch ms */
  now: number;
  maxDevices: number;
  ttlS: number;
};

/** Stores the subscription of a device, and drops the oldest one beyond the maximum. */
export const putPushDevice = script('put-push-device-1', {
  keys: ({ key }: PutPushDevice) => [key] as const,
  args: ({ deviceId, json, now, maxDevices, ttlS }) => [deviceId, json, now, maxDevices, ttlS],
  result: ignored,
});

type AddNotification = {
  id: string;
  json: string;
  /** epoch ms */
  due: number;
  now: number;
  knownUntil: number;
  maxJobs: number;
  maxKnown: number;
};

/** Adds a job, once per id. */
export const addNotification = script('add-notification-3', {
  keys: (_: AddNotification) => [queue.due, queue.jobs, queue.known] as const,
  args: ({ id, json, due, now, knownUntil, maxJobs, maxKnown }) => [
    id,
    json,
    due,
    now,
    knownUntil,
    maxJobs,
    maxKnown,
  ],
  result: (reply: 'ADDED' | 'KNOWN' | 'FULL') => reply,
});

/** Takes up to `limit` jobs that are due, and postpones them until `until`. Returns ids and jobs, alternating. */
export const takeNotifications = script('take-notifications-2', {
  keys: (_: { now: number; until: number; limit: number }) => [queue.due, queue.jobs] as const,
  args: ({ now, until, limit }) => [now, until, limit],
  result: (reply: string[]) => reply,
});
