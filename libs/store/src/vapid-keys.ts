import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

/** Key pair by which push services recognise the installation, base64url. */
export type VapidKeyPair = { publicKey: string; privateKey: string };

/** The key pair that all gateways of an installation share. */
export class VapidKeys {
  constructor(private readonly redis: RedisClient) {}

  /** Returns the stored pair; the first gateway stores the one that it creates. */
  async agree(create: () => VapidKeyPair): Promise<VapidKeyPair> {
    const stored = await this.redis.get(keys.vapid);
    if (stored !== null) return JSON.parse(stored) as VapidKeyPair;
    // With NX, the first of several gateways that start at the same time wins.
    await this.redis.set(keys.vapid, JSON.stringify(create()), 'NX');
    return JSON.parse((await this.redis.get(keys.vapid))!) as VapidKeyPair;
  }
}
