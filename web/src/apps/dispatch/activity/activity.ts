import type { DispatchClient, RegionEvent } from '#sdk';
import { Store } from '../../../shared/live/store.js';

const MAX_ENTRIES = 200;
/** As many are kept in the tab, for a page that is loaded anew. */
const MAX_KEPT = 50;
const MAX_REGIONS = 8;
const KEY = 'hexfleet-board-news';

/** What a page that is loaded anew goes on from: what it showed, and the id of the last news of each region. */
type Kept = { entries: RegionEvent[]; last: Record<string, string> };

/** What happens in the regions in view, the newest first; a page that is loaded anew goes on from where it was. */
export class NewsFeed {
  readonly entries: Store<readonly RegionEvent[]>;
  /** regions of which more was missed than is kept */
  readonly missed = new Store<readonly string[]>([]);
  readonly #client: DispatchClient;
  /** of how many regions is heard */
  readonly regions = new Store(0);
  readonly #watched = new Set<string>();

  readonly #last: Record<string, string>;

  constructor(client: DispatchClient) {
    const { entries, last } = kept();
    this.#client = client;
    this.#last = last;
    this.entries = new Store<readonly RegionEvent[]>(entries);
    client.on('region:event', (news) => {
      this.entries.set([news, ...this.entries.get()].slice(0, MAX_ENTRIES));
      this.#reached(news.payload.region, news.id);
    });
    client.on('region:missed', ({ region }) => this.missed.set([...new Set([...this.missed.get(), region])]));
  }

  /** Regions that leave the view are heard of on. */
  watch(regions: readonly string[]): void {
    for (const region of regions) {
      if (this.#watched.has(region) || this.#watched.size >= MAX_REGIONS) continue;
      this.#watched.add(region);
      this.#client
        .watchRegion(region, this.#last[region] ?? null)
        // Where it may succeed later the client asks again.
        .then(
          (id) => this.#reached(region, id),
          () => {},
        )
        .finally(() => this.regions.set(this.#watched.size));
    }
  }

  #reached(region: string, id: string): void {
    this.#last[region] = id;
    const entries = this.entries.get().slice(0, MAX_KEPT);
    sessionStorage.setItem(KEY, JSON.stringify({ entries, last: this.#last } satisfies Kept));
  }
}

function kept(): Kept {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)!) ?? { entries: [], last: {} };
  } catch {
    return { entries: [], last: {} };
  }
}
