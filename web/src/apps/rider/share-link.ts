import type { ShareLink } from '#protocol';
import { forget, store, stored } from '../../shared/live/storage.js';
import type { RiderSession } from './session.js';
import { SHARE_KEY } from './state.js';

/** A link in the session storage. The service stores only the hash of a link, so this tab has to keep it. */
type StoredLink = { tripId: string; link: ShareLink };

/** The rider's link for sharing the trip. */
export class TripLink {
  readonly #session: RiderSession;

  constructor(session: RiderSession) {
    this.#session = session;
  }

  /** Restores the link after a reload, unless it is no longer valid. */
  async restore(): Promise<void> {
    const { state, client } = this.#session;
    const { trip, share } = state.get();
    const known = share === null ? storedLink() : null;
    if (trip === null || known?.tripId !== trip.id || known.link.expiresAt < client.now()) return;
    state.change({ share: known.link });
    if (await isRevoked(known.link)) this.#remove();
  }

  /** @param places whether the link shows the pick-up, the destination and the route */
  async create(places: boolean): Promise<void> {
    const { state, api } = this.#session;
    const { trip } = state.get();
    if (trip === null) return;
    await state.busyWith(async () => {
      const link = await api.shareTrip(trip.id, { places });
      store(SHARE_KEY, JSON.stringify({ tripId: trip.id, link } satisfies StoredLink));
      state.change({ share: link });
    });
  }

  /** Revokes every link of the trip. */
  async revoke(): Promise<void> {
    const { state, api } = this.#session;
    const { trip } = state.get();
    if (trip === null) return;
    await state.busyWith(async () => {
      await api.revokeShares(trip.id);
      this.#remove();
    });
  }

  #remove(): void {
    forget(SHARE_KEY);
    this.#session.state.change({ share: null });
  }
}

function storedLink(): StoredLink | null {
  try {
    return JSON.parse(stored(SHARE_KEY) ?? 'null');
  } catch {
    return null;
  }
}

/** Whether the link was revoked, as from another device, or has expired. */
async function isRevoked({ token }: ShareLink): Promise<boolean> {
  const response = await fetch(`/api/share/${encodeURIComponent(token)}`, { cache: 'no-store' }).catch(
    () => null,
  );
  return response?.status === 404 || response?.status === 410;
}
