import { createHash } from 'node:crypto';
import {
  DAY_MS,
  DEFAULT_PUSH_SETTINGS,
  type PushDevice as PushDeviceRequest,
  PushSettings,
  ROLES,
  type Role,
} from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { putPushDevice } from './scripts/notifications.js';

/** User whom notifications are for: a rider and a driver may have the same id. */
export type PushUser = { role: Role; userId: string };

/** Web Push subscription of a device. */
export type PushDevice = Pick<PushDeviceRequest, 'endpoint' | 'keys' | 'language'> & {
  id: string;
  /** epoch ms */
  renewedAt: number;
  expiresAt: number;
  /** limits of a dispatcher's token when it subscribed; null for all */
  fleet: string | null;
  regions: readonly string[] | null;
};

/** Maximum devices of a user; the one that was renewed the longest ago makes room. */
const MAX_DEVICES = 10;
/** Lifetime of a subscription that its page does not renew. */
const DEVICE_MS = 60 * DAY_MS;
const SETTINGS_S = 400 * 24 * 3_600;
/** Maximum number of dispatchers that are notified of an alert. */
const MAX_DISPATCHERS = 1_000;

/** Subscriptions and settings of users for notifications. */
export class PushDevices {
  constructor(private readonly redis: RedisClient) {}

  /**
   * Stores a subscription. A push service gives each browser profile one endpoint per page: another user who signs in there
   * takes it over, so that the user before gets no notifications on a device that is theirs no longer.
   * @param now epoch ms
   */
  async put(
    user: PushUser,
    device: Omit<PushDevice, 'renewedAt' | 'expiresAt'>,
    endsAt: number | null,
    now: number,
  ) {
    const expiresAt = Math.min(endsAt ?? Number.POSITIVE_INFINITY, now + DEVICE_MS);
    const { id, ...subscription } = device;
    const json = JSON.stringify({ ...subscription, renewedAt: now, expiresAt });
    const key = keys.pushDevices(user);
    const owner = JSON.stringify([user.role, user.userId, id]);
    const ttlS = Math.ceil(DEVICE_MS / 1_000);
    const before = await this.redis.set(
      keys.pushEndpoint(digestOf(device.endpoint)),
      owner,
      'EX',
      ttlS,
      'GET',
    );
    if (before !== null && before !== owner) await this.#release(before, device.endpoint);
    await putPushDevice(this.redis, { key, deviceId: id, json, now, maxDevices: MAX_DEVICES, ttlS });
    if (user.role === 'dispatcher') await this.#listDispatcher(user.userId, now + DEVICE_MS);
  }

  /** Removes the subscription of a device. @param endpoint only if it still is this one */
  async remove(user: PushUser, deviceId: string, endpoint?: string): Promise<void> {
    const key = keys.pushDevices(user);
    const stored = deviceOf(deviceId, await this.redis.hget(key, deviceId));
    if (stored === null || (endpoint !== undefined && stored.endpoint !== endpoint)) return;
    await this.redis.hdel(key, deviceId);
    await this.redis.del(keys.pushEndpoint(digestOf(stored.endpoint)));
  }

  /** Returns the subscriptions of a user that have not expired. @param now epoch ms */
  async of(user: PushUser, now: number): Promise<PushDevice[]> {
    const stored = await this.redis.hgetall(keys.pushDevices(user));
    return Object.entries(stored)
      .map(([id, json]) => deviceOf(id, json))
      .filter((device) => device !== null && device.expiresAt > now) as PushDevice[];
  }

  /** Whether a user may have subscriptions. */
  async has(user: PushUser): Promise<boolean> {
    return (await this.redis.exists(keys.pushDevices(user))) === 1;
  }

  /** Returns the ids of the dispatchers who have subscriptions. @param now epoch ms */
  dispatchers(now: number): Promise<string[]> {
    return this.redis.zrange(keys.pushDispatchers, `(${now}`, '+inf', 'BYSCORE', 'LIMIT', 0, MAX_DISPATCHERS);
  }

  async settings(user: PushUser): Promise<PushSettings> {
    const json = await this.redis.get(keys.pushSettings(user));
    const stored = PushSettings.safeParse(json === null ? null : JSON.parse(json));
    return stored.success ? stored.data : DEFAULT_PUSH_SETTINGS;
  }

  async setSettings(user: PushUser, settings: PushSettings): Promise<void> {
    await this.redis.set(keys.pushSettings(user), JSON.stringify(settings), 'EX', SETTINGS_S);
  }

  /** Removes all that is stored of a user, in every role. @returns how much it was */
  async erase(userId: string): Promise<number> {
    let erased = 0;
    for (const role of ROLES) {
      const user = { role, userId };
      for (const { endpoint } of await this.of(user, 0))
        await this.redis.del(keys.pushEndpoint(digestOf(endpoint)));
      erased += await this.redis.del(keys.pushDevices(user));
      erased += await this.redis.del(keys.pushSettings(user));
    }
    await this.redis.zrem(keys.pushDispatchers, userId);
    return erased;
  }

  /** Returns all that is stored of a user, by role; without the secrets of the subscriptions. */
  async export(userId: string): Promise<Array<{ role: Role; settings: PushSettings; devices: object[] }>> {
    const found = await Promise.all(
      ROLES.map(async (role) => {
        const user = { role, userId };
        const [settings, devices] = await Promise.all([this.settings(user), this.of(user, 0)]);
        const shown = devices.map(({ id, endpoint, language, renewedAt, expiresAt }) => ({
          id,
          endpoint,
          language,
          renewedAt,
          expiresAt,
        }));
        return { role, settings, devices: shown, hasSettings: settings !== DEFAULT_PUSH_SETTINGS };
      }),
    );
    return found
      .filter(({ devices, hasSettings }) => hasSettings || devices.length > 0)
      .map(({ role, settings, devices }) => ({ role, settings, devices }));
  }

  async #release(owner: string, endpoint: string): Promise<void> {
    const [role, userId, deviceId] = JSON.parse(owner) as [Role, string, string];
    const key = keys.pushDevices({ role, userId });
    if (deviceOf(deviceId, await this.redis.hget(key, deviceId))?.endpoint === endpoint)
      await this.redis.hdel(key, deviceId);
  }

  async #listDispatcher(userId: string, until: number): Promise<void> {
    const key = keys.pushDispatchers;
    await this.redis.zadd(key, until, userId);
    await this.redis.zremrangebyrank(key, 0, -MAX_DISPATCHERS - 1);
  }
}

const digestOf = (endpoint: string): string => createHash('sha256').update(endpoint).digest('base64url');

function deviceOf(id: string, json: string | null): PushDevice | null {
  try {
    return json === null ? null : { ...JSON.parse(json), id };
  } catch {
    return null;
  }
}
