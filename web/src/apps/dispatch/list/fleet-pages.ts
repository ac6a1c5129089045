import { atom } from 'nanostores';
import type { DispatchClient, FleetPage, FleetSearch, FoundVehicle } from '#sdk';

/** Vehicles of the whole fleet that the list shows now; the others are loaded when they are scrolled into view. */
export type Listed = {
  /** as long as the list; empty where nothing is loaded */
  rows: ReadonlyArray<FoundVehicle | undefined>;
  counts: FleetPage['counts'];
};

type Query = Omit<FleetSearch, 'offset' | 'limit'>;

const REFRESH_MS = 2_000;
/** Time without another key press or scroll after which the service is asked. */
const SETTLE_MS = 120;
/** Rows loaded before and after those on the screen. */
const MARGIN = 60;
const MAX_ROWS = 500;

/** The part of the fleet that a list shows, searched and sorted by the service. Kept up to date while it is on the screen. */
export class FleetPages {
  /** null until the service has answered the current query */
  readonly $listed = atom<Listed | null>(null);
  /** whether the last request failed */
  readonly $hasFailed = atom(false);
  readonly #client: Pick<DispatchClient, 'searchFleet'>;
  #query: Query | null = null;
  #visible = { from: 0, to: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request = 0;

  constructor(client: Pick<DispatchClient, 'searchFleet'>) {
    this.#client = client;
  }

  /** Shows the answer to another query from its beginning; null for nothing. */
  show(query: Query | null): void {
    if (JSON.stringify(query) === JSON.stringify(this.#query)) return;
    const isFirst = this.#query === null;
    this.#query = query;
    this.#visible = { from: 0, to: this.#visible.to - this.#visible.from };
    // A request that is under way belongs to the previous query.
    this.#request += 1;
    clearTimeout(this.#timer);
    if (query === null) this.$listed.set(null);
    else this.#loadIn(isFirst ? 0 : SETTLE_MS);
  }

  /** Names the rows that are on the screen. */
  see(from: number, to: number): void {
    this.#visible = { from, to };
    const rows = this.$listed.get()?.rows ?? [];
    const isMissing = [from, Math.min(to, rows.length - 1)].some(
      (i) => i < rows.length && rows[i] === undefined,
    );
    if (isMissing && this.#query !== null) this.#loadIn(SETTLE_MS);
  }

  /** Loads the rows on the screen again, for a change that was made here. */
  refresh(): void {
    if (this.#query !== null) this.#loadIn(0);
  }

  #loadIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(), ms);
  }

  async #load(): Promise<void> {
    const query = this.#query;
    if (query === null) return;
    this.#request += 1;
    const request = this.#request;
    const offset = Math.max(0, this.#visible.from - MARGIN);
    const limit = Math.min(MAX_ROWS, this.#visible.to - offset + 1 + MARGIN);
    const page = document.hidden
      ? null
      : await this.#client.searchFleet({ ...query, offset, limit }).catch(() => null);
    if (request !== this.#request) return;
    if (!document.hidden) this.$hasFailed.set(page === null);
    if (page !== null) {
      const rows = new Array<FoundVehicle | undefined>(page.total);
      for (const [i, vehicle] of page.vehicles.entries()) rows[offset + i] = vehicle;
      this.$listed.set({ rows, counts: page.counts });
    }
    this.#loadIn(REFRESH_MS);
  }
}
