import type { DispatchClient, RegionNews } from '#sdk';
import { Store } from '../../live/store.js';

const MAX_ENTRIES = 200;
/** As many are kept in the tab, for a page that is loaded anew. */
const MAX_KEPT = 50;
const MAX_REGIONS = 8;
const KEY = 'hexfleet-board-news';

/** What happens in the regions in view, the newest first; a page that is loaded anew goes on from where it was. */
export class NewsFeed {
  readonly entries: Store<readonly RegionNews[]>;
  /** regions of which more was missed than is kept */
  readonly missed = new Store<readonly string[]>([]);
  readonly #client: DispatchClient;
  /** of how many regions is heard */
  readonly regions = new Store(0);
  readonly #watched = new Set<string>();

  constructor(client: DispatchClient) {
    this.#client = client;
    this.entries = new Store<readonly RegionNews[]>(kept());
    client.on('news', (news) => {
      this.entries.set([news, ...this.entries.get()].slice(0, MAX_ENTRIES));
      sessionStorage.setItem(KEY, JSON.stringify(this.entries.get().slice(0, MAX_KEPT)));
    });
    client.on('missed', ({ region }) => this.missed.set([...new Set([...this.missed.get(), region])]));
  }

  /** Regions that leave the view are heard of on. */
  watch(regions: readonly string[]): void {
    for (const region of regions) {
      if (this.#watched.has(region) || this.#watched.size >= MAX_REGIONS) continue;
      this.#watched.add(region);
      const last = this.entries.get().find(({ payload }) => payload.region === region)?.id ?? null;
      this.#client
        .watchRegion(region, last)
        // Where it may succeed later the client asks again.
        .catch(() => {})
        .finally(() => this.regions.set(this.#watched.size));
    }
  }
}

function kept(): RegionNews[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
  } catch {
    return [];
  }
}
