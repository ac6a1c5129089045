import { atom } from 'nanostores';
import type { Api, DispatchClient, Reached, RegionEvent } from '#sdk';
import { store, stored } from '../../../shared/live/storage.js';

const MAX_ENTRIES = 200;
/** Maximum number of crossings of zones among them: a busy zone must not hide an incident. */
const MAX_CROSSINGS = 100;
/** Entries kept in this tab for a reload. */
const MAX_SAVED = 50;
const MAX_REGIONS = 8;
const KEY = 'hexfleet-board-activity';

/** State that survives a reload: the entries on screen, and the id of the latest event and crossing of each region. */
type Saved = { entries: RegionEvent[]; last: Record<string, string>; crossed?: Record<string, string> };

/** Events of the regions in view, newest first. After a reload it resumes where it stopped. */
export class ActivityFeed {
  readonly $entries = atom<readonly RegionEvent[]>([]);
  /** regions that had more events during a disconnect than the service keeps */
  readonly $missed = atom<readonly string[]>([]);
  /** number of users that each active alert has reached, by its id */
  readonly $reached = atom<ReadonlyMap<string, Reached>>(new Map());
  /** number of regions subscribed to */
  readonly $regions = atom(0);
  readonly #client: DispatchClient;
  readonly #watched = new Set<string>();
  readonly #last: Record<string, string>;
  readonly #crossed: Record<string, string>;

  constructor(
    client: DispatchClient,
    private readonly api: Api,
  ) {
    const { entries, last, crossed = {} } = restore();
    this.#client = client;
    this.#last = last;
    this.#crossed = crossed;
    this.$entries.set(entries);
    client.on('region:event', (event) => {
      // An alert to several regions arrives once for each of them, and so does its withdrawal.
      if (!this.#hasAlert(event)) {
        this.$entries.set(this.#withoutWithdrawn(event));
        this.#add(event);
      }
      this.#save(this.#last, event.payload.region, event.id);
    });
    client.on('zone:crossing', (event) => {
      this.#add(event);
      this.#save(this.#crossed, event.payload.region, event.id);
    });
    client.on('area:reached', ({ id, reached }) => this.#setReached([[id, reached]]));
    client.on('connection', ({ state }) => {
      if (state === 'online') void this.#readReached();
    });
    for (const event of ['region:missed', 'crossings:missed'] as const)
      client.on(event, ({ region }) => this.$missed.set([...new Set([...this.$missed.get(), region])]));
  }

  /** Subscribes to more regions. Those that leave the view stay subscribed. */
  watch(regions: readonly string[]): void {
    for (const region of regions) {
      if (this.#watched.has(region) || this.#watched.size >= MAX_REGIONS) continue;
      this.#watched.add(region);
      const events = this.#client.watchRegion(region, this.#last[region] ?? null);
      const crossings = this.#client.watchCrossings(region, this.#crossed[region] ?? null);
      // The client retries a failure that may pass.
      void Promise.allSettled([
        events.then((id) => this.#save(this.#last, region, id)),
        crossings.then((id) => this.#save(this.#crossed, region, id)),
      ]).then(() => this.$regions.set(this.#watched.size));
    }
  }

  #hasAlert({ event, payload }: RegionEvent): boolean {
    if (event !== 'area:alert' && event !== 'area:withdrawn') return false;
    return this.$entries.get().some((entry) => entry.event === event && entry.payload.id === payload.id);
  }

  /** Returns the entries without the alert that an event withdraws. */
  #withoutWithdrawn({ event, payload }: RegionEvent): readonly RegionEvent[] {
    const entries = this.$entries.get();
    if (event !== 'area:withdrawn') return entries;
    return entries.filter((entry) => entry.event !== 'area:alert' || entry.payload.id !== payload.id);
  }

  /** Reads the numbers that changed while there was no connection. */
  async #readReached(): Promise<void> {
    const alerts = await this.api.alerts().catch(() => []);
    this.#setReached(alerts.map(({ id, reached }) => [id, reached]));
  }

  #setReached(numbers: Array<[id: string, reached: Reached]>): void {
    this.$reached.set(new Map([...[...this.$reached.get()].slice(-MAX_ENTRIES), ...numbers]));
  }

  #add(event: RegionEvent): void {
    let crossings = 0;
    const entries = [event, ...this.$entries.get()].filter(
      (each) => !isCrossing(each) || ++crossings <= MAX_CROSSINGS,
    );
    this.$entries.set(entries.slice(0, MAX_ENTRIES));
  }

  #save(latest: Record<string, string>, region: string, id: string): void {
    latest[region] = id;
    const entries = this.$entries.get().slice(0, MAX_SAVED);
    store(KEY, JSON.stringify({ entries, last: this.#last, crossed: this.#crossed } satisfies Saved));
  }
}

const isCrossing = ({ event }: RegionEvent): boolean => event.startsWith('zone:');

function restore(): Saved {
  try {
    return JSON.parse(stored(KEY) ?? 'null') ?? { entries: [], last: {} };
  } catch {
    return { entries: [], last: {} };
  }
}
