import { keys } from '../keys.js';
import type { RedisClient } from '../redis.js';
import { literal, scanKeys, unlink } from '../scan-keys.js';
import type { Tracks } from '../tracks.js';
import type { ErasedKind, ErasedUser, Subject, UserData } from './user-data.js';

/** The track of a driver in all regions and hours. */
export class TracksData implements UserData {
  readonly kind = 'tracks';

  constructor(
    private readonly redis: RedisClient,
    private readonly tracks: Tracks,
  ) {}

  async erase({ userId }: ErasedUser): Promise<ErasedKind> {
    let erased = 0;
    // The pattern also matches drivers whose id begins with this one and a colon.
    for await (const names of scanKeys(this.redis, keys.anyTrackOf(literal(userId))))
      erased += await unlink(
        this.redis,
        names.filter((name) => keys.driverOfTrack(name) === userId),
      );
    return { erased };
  }

  async *items({ userId }: Subject): AsyncGenerator<unknown> {
    const pages = await this.tracks.open(userId, { from: 0, to: Number.MAX_SAFE_INTEGER });
    if (pages !== null) for await (const page of pages) yield* page;
  }
}
