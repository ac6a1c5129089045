import type { Links } from '../links.js';
import type { Trips } from '../trips.js';
import type { ErasedKind, ErasedUser, UserData } from './user-data.js';

/** Share links to the trips of a user. Comes before the trips. */
export class LinksData implements UserData {
  readonly kind = 'links';

  constructor(
    private readonly links: Links,
    private readonly trips: Pick<Trips, 'find'>,
  ) {}

  async erase({ userId, tripIds }: ErasedUser): Promise<ErasedKind> {
    let erased = 0;
    for (const id of tripIds) {
      const trip = await this.trips.find(id);
      if (trip?.riderId === userId || trip?.driverId === userId) erased += await this.links.eraseAll(id);
    }
    return { erased };
  }
}
