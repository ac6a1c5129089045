import { atom } from 'nanostores';
import type { Eta, SharedPosition, SharedState, SharedTrip, ShareEnd, ShareEvents } from '#protocol';
import { RETRY_MS } from './retry.js';
import { update } from './update.js';

export type SharedTripState = {
  /** null until the first answer */
  state: SharedState | null;
  position: SharedPosition | null;
  eta: Eta | null;
  /** reason why there are no more updates */
  over: 'completed' | 'cancelled' | 'invalid_link' | null;
  connection: 'connecting' | 'online' | 'offline';
  /** server clock minus device clock, ms */
  clockAheadMs: number;
};

/** The `Date` header is rounded down to seconds, so add the mean error, ms. */
const DATE_HEADER_ERROR_MS = 500;

/** Live state of a shared trip. Needs only fetch and EventSource. */
export class FollowedLink {
  readonly $state = atom<SharedTripState>({
    state: null,
    position: null,
    eta: null,
    over: null,
    connection: 'connecting',
    clockAheadMs: 0,
  });
  readonly #url: string;
  #source: EventSource | null = null;
  #retryTimer = 0;

  constructor(token: string) {
    this.#url = `/api/share/${encodeURIComponent(token)}`;
  }

  /** Connects. Call it again when the page becomes visible, because a phone may have dropped the connection while asleep. */
  async open(): Promise<void> {
    this.#close();
    try {
      const response = await fetch(this.#url, { cache: 'no-store' });
      if (response.status === 404 || response.status === 410) return this.#end('invalid_link');
      if (!response.ok) throw new Error(`answered ${response.status}`);
      this.#setClock(response.headers.get('date'));
      this.#show(await response.json());
      if (this.$state.get().over === null) this.#follow();
    } catch {
      this.#retryLater();
    }
  }

  #show({ state, position, eta }: SharedTrip): void {
    this.#change({ state, eta });
    if (position !== null) this.#move(position);
    if (state === 'completed' || state === 'cancelled') this.#end(state);
  }

  #follow(): void {
    this.#close();
    const source = new EventSource(`${this.#url}/events`);
    this.#source = source;
    const on = <E extends keyof ShareEvents>(event: E, listener: (data: ShareEvents[E]) => void) =>
      source.addEventListener(event, ({ data }) => listener(JSON.parse(data)));
    on('state', ({ state }) => this.#change({ state, eta: null }));
    on('position', (position) => this.#move(position));
    on('eta', (eta) => this.#change({ eta }));
    on('end', ({ reason }) => this.#end(reasonOf(reason)));
    source.onopen = () => this.#change({ connection: 'online' });
    source.onerror = () => {
      // The browser reconnects by itself unless the server refused. The next request then gets the reason.
      if (source.readyState === EventSource.CLOSED) this.#retryLater();
      else this.#change({ connection: 'offline' });
    };
  }

  #move(position: SharedPosition): void {
    if (position.t > (this.$state.get().position?.t ?? 0)) this.#change({ position });
  }

  #end(over: SharedTripState['over']): void {
    this.#close();
    this.#change({ over, connection: 'online' });
  }

  #retryLater(): void {
    this.#close();
    this.#change({ connection: 'offline' });
    this.#retryTimer = window.setTimeout(() => this.open(), RETRY_MS);
  }

  #close(): void {
    clearTimeout(this.#retryTimer);
    this.#source?.close();
    this.#source = null;
  }

  #setClock(date: string | null): void {
    const at = date === null ? Number.NaN : Date.parse(date);
    if (!Number.isNaN(at)) this.#change({ clockAheadMs: at + DATE_HEADER_ERROR_MS - Date.now() });
  }

  #change(change: Partial<SharedTripState>): void {
    update(this.$state, change);
  }
}

const reasonOf = (reason: ShareEnd['reason']): SharedTripState['over'] =>
  reason === 'completed' || reason === 'cancelled' ? reason : 'invalid_link';
