import { atom } from 'nanostores';
import type { DispatchClient, RegionEvent } from '#sdk';
import { store, stored } from '../../../shared/live/storage.js';

const MAX_ENTRIES = 200;
/** Entries kept in this tab for a reload. */
const MAX_SAVED = 50;
const MAX_REGIONS = 8;
const KEY = 'hexfleet-board-activity';

/** State that survives a reload: the entries on screen, and the id of the latest event of each region. */
type Saved = { entries: RegionEvent[]; last: Record<string, string> };

/** Events of the regions in view, newest first. After a reload it resumes where it stopped. */
export class ActivityFeed {
  readonly $entries = atom<readonly RegionEvent[]>([]);
  /** regions that had more events during a disconnect than the service keeps */
  readonly $missed = atom<readonly string[]>([]);
  /** number of regions subscribed to */
  readonly $regions = atom(0);
  readonly #client: DispatchClient;
  readonly #watched = new Set<string>();
  readonly #last: Record<string, string>;

  constructor(client: DispatchClient) {
    const { entries, last } = restore();
    this.#client = client;
    this.#last = last;
    this.$entries.set(entries);
    client.on('region:event', (event) => {
      this.$entries.set([event, ...this.$entries.get()].slice(0, MAX_ENTRIES));
      this.#save(event.payload.region, event.id);
    });
    client.on('region:missed', ({ region }) =>
      this.$missed.set([...new Set([...this.$missed.get(), region])]),
    );
  }

  /** Subscribes to more regions. Those that leave the view stay subscribed. */
  watch(regions: readonly string[]): void {
    for (const region of regions) {
      if (this.#watched.has(region) || this.#watched.size >= MAX_REGIONS) continue;
      this.#watched.add(region);
      this.#client
        .watchRegion(region, this.#last[region] ?? null)
        // The client retries a failure that may pass.
        .then(
          (id) => this.#save(region, id),
          () => {},
        )
        .finally(() => this.$regions.set(this.#watched.size));
    }
  }

  #save(region: string, id: string): void {
    this.#last[region] = id;
    const entries = this.$entries.get().slice(0, MAX_SAVED);
    store(KEY, JSON.stringify({ entries, last: this.#last } satisfies Saved));
  }
}

function restore(): Saved {
  try {
    return JSON.parse(stored(KEY) ?? 'null') ?? { entries: [], last: {} };
  } catch {
    return { entries: [], last: {} };
  }
}
