import type { ShareLink } from '#protocol';
import type { RiderSession } from './session.js';
import { SHARE_KEY } from './state.js';

/** As this tab remembers it: the service keeps no more of a link than its hash. */
type Kept = { tripId: string; link: ShareLink };

/** The link by which others follow the trip. */
export class TripLink {
  readonly #session: RiderSession;

  constructor(session: RiderSession) {
    this.#session = session;
  }

  /** Shows the link that was made before the page was loaded anew, unless it opens nothing any more. */
  async recall(): Promise<void> {
    const { state } = this.#session;
    const { trip, share } = state.get();
    const kept = share === null ? linkKept() : null;
    if (trip === null || kept?.tripId !== trip.id || kept.link.expiresAt < Date.now()) return;
    state.change({ share: kept.link });
    if (await isDead(kept.link)) this.#forget();
  }

  async make(): Promise<void> {
    const { state, api } = this.#session;
    const { trip } = state.get();
    if (trip === null) return;
    await state.busyWith(async () => {
      const link = await api.shareTrip(trip.id);
      const kept: Kept = { tripId: trip.id, link };
      sessionStorage.setItem(SHARE_KEY, JSON.stringify(kept));
      state.change({ share: link });
    });
  }

  /** Takes back every link of the trip. */
  async revoke(): Promise<void> {
    const { state, api } = this.#session;
    const { trip } = state.get();
    if (trip === null) return;
    await state.busyWith(async () => {
      await api.revokeShares(trip.id);
      this.#forget();
    });
  }

  #forget(): void {
    sessionStorage.removeItem(SHARE_KEY);
    this.#session.state.change({ share: null });
  }
}

function linkKept(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(SHARE_KEY) ?? 'null');
  } catch {
    return null;
  }
}

/** It may have been taken back on another device. */
async function isDead({ token }: ShareLink): Promise<boolean> {
  const answer = await fetch(`/api/share/${encodeURIComponent(token)}`, { cache: 'no-store' }).catch(
    () => null,
  );
  return answer?.status === 404 || answer?.status === 410;
}
