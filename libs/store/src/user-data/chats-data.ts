import { PARTIES } from '#protocol';
import { keys } from '../keys.js';
import type { RedisClient } from '../redis.js';
import { unlink } from '../scan-keys.js';
import type { Trips } from '../trips.js';
import type { ErasedKind, ErasedUser, Subject, UserData } from './user-data.js';

/** Chats of the trips of a user, with the messages of the partner, which speak of the user. Comes before the trips. */
export class ChatsData implements UserData {
  readonly kind = 'chats';

  constructor(
    private readonly redis: RedisClient,
    private readonly trips: Pick<Trips, 'find'>,
  ) {}

  async erase(user: ErasedUser): Promise<ErasedKind> {
    let erased = 0;
    for (const id of await this.#tripsWithChat(user)) {
      const [messages, state] = keys.chat(id);
      const typing = PARTIES.map((role) => keys.typing(id, role));
      erased += await unlink(this.redis, [messages]);
      await unlink(this.redis, [state, ...typing]);
    }
    return { erased };
  }

  async *items(user: Subject): AsyncGenerator<unknown> {
    for (const tripId of await this.#tripsWithChat(user))
      for (const [id, fields] of await this.redis.xrange(keys.chat(tripId)[0], '-', '+')) {
        const [, role, , , , text, , at] = fields;
        yield { tripId, seq: Number.parseInt(id, 10), role, text, at: Number(at) };
      }
  }

  /** Ids of the trips that the user was a party of; a driver who was only offered one has no chat. */
  async #tripsWithChat({ userId, tripIds }: Subject): Promise<string[]> {
    const ids: string[] = [];
    for (const id of tripIds) {
      const trip = await this.trips.find(id);
      if (trip?.riderId === userId || trip?.driverId === userId) ids.push(id);
    }
    return ids;
  }
}
