import type { Eta, SharedPosition, SharedState, SharedTrip, ShareEnd, ShareEvents } from '#protocol';
import { Store } from './store.js';

export type SharedTripState = {
  /** null until it is known */
  state: SharedState | null;
  position: SharedPosition | null;
  eta: Eta | null;
  /** why nothing more comes */
  over: 'completed' | 'cancelled' | 'no link' | null;
  connection: 'connecting' | 'online' | 'offline';
  /** what the service's clock is ahead of this one, ms */
  clockAheadMs: number;
};

const RETRY_MS = 4_000;
/** A header tells the time in whole seconds, rounded down. */
const HALF_SECOND = 500;

/** A trip as anyone sees it who was given a link, with nothing but fetch and EventSource. */
export class FollowedLink {
  readonly state = new Store<SharedTripState>({
    state: null,
    position: null,
    eta: null,
    over: null,
    connection: 'connecting',
    clockAheadMs: 0,
  });
  readonly #url: string;
  #source: EventSource | null = null;
  #retry = 0;

  constructor(token: string) {
    this.#url = `/api/share/${encodeURIComponent(token)}`;
  }

  /** Again also when the page was out of sight: a sleeping phone keeps connections that are long dead. */
  async open(): Promise<void> {
    this.#close();
    try {
      const response = await fetch(this.#url, { cache: 'no-store' });
      if (response.status === 404 || response.status === 410) return this.#end('no link');
      if (!response.ok) throw new Error(`answered ${response.status}`);
      this.#setClock(response.headers.get('date'));
      this.#show(await response.json());
      if (this.state.get().over === null) this.#follow();
    } catch {
      this.#comeAgain();
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
    const on = <E extends keyof ShareEvents>(event: E, hear: (data: ShareEvents[E]) => void) =>
      source.addEventListener(event, ({ data }) => hear(JSON.parse(data)));
    on('state', ({ state }) => this.#change({ state, eta: null }));
    on('position', (position) => this.#move(position));
    on('eta', (eta) => this.#change({ eta }));
    on('end', ({ reason }) => this.#end(reasonOf(reason)));
    source.onopen = () => this.#change({ connection: 'online' });
    source.onerror = () => {
      // The browser comes again by itself, unless it was refused; why is answered by the next look.
      if (source.readyState === EventSource.CLOSED) this.#comeAgain();
      else this.#change({ connection: 'offline' });
    };
  }

  #move(position: SharedPosition): void {
    if (position.t > (this.state.get().position?.t ?? 0)) this.#change({ position });
  }

  #end(over: SharedTripState['over']): void {
    this.#close();
    this.#change({ over, connection: 'online' });
  }

  #comeAgain(): void {
    this.#close();
    this.#change({ connection: 'offline' });
    this.#retry = window.setTimeout(() => this.open(), RETRY_MS);
  }

  #close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  #setClock(date: string | null): void {
    const at = date === null ? Number.NaN : Date.parse(date);
    if (!Number.isNaN(at)) this.#change({ clockAheadMs: at + HALF_SECOND - Date.now() });
  }

  #change(change: Partial<SharedTripState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

const reasonOf = (reason: ShareEnd['reason']): SharedTripState['over'] =>
  reason === 'completed' || reason === 'cancelled' ? reason : 'no link';
