import { atom } from 'nanostores';
import type {
  DrivingRoute,
  Eta,
  Position,
  SharedDriver,
  SharedPosition,
  SharedState,
  SharedTrip,
  ShareEnd,
  ShareEvents,
  TripRoute,
} from '#protocol';
import { ServiceClock } from '#sdk';
import { RETRY_MS } from './retry.js';
import { update } from './update.js';

export type SharedTripState = {
  /** null until the first answer */
  state: SharedState | null;
  position: SharedPosition | null;
  /** whether positions arrive: one newer than the first has, on this connection */
  arrives: boolean;
  eta: Eta | null;
  /** null unless the link shows places */
  pickup: Position | null;
  dropoff: Position | null;
  /** null until a driver with a profile has accepted */
  driver: SharedDriver | null;
  /** reason why there are no more updates */
  over: 'completed' | 'cancelled' | 'invalid_link' | null;
  connection: 'connecting' | 'online' | 'offline';
};

/** The `Date` header is rounded down to seconds, so add the mean error, ms. */
const DATE_HEADER_ERROR_MS = 500;

/** Live state of a shared trip. Needs only fetch and EventSource. */
export class FollowedLink {
  readonly $state = atom<SharedTripState>({
    state: null,
    position: null,
    arrives: false,
    eta: null,
    pickup: null,
    dropoff: null,
    driver: null,
    over: null,
    connection: 'connecting',
  });
  readonly #url: string;
  readonly #clock = new ServiceClock();
  #source: EventSource | null = null;
  #retryTimer = 0;

  constructor(token: string) {
    this.#url = `/api/share/${encodeURIComponent(token)}`;
  }

  /** Returns the service's time, epoch ms. */
  now(): number {
    return this.#clock.now();
  }

  /** Connects. Call it again when the page becomes visible, because a phone may have dropped the connection while asleep. */
  async open(): Promise<void> {
    this.#close();
    const sentAt = performance.now();
    try {
      const response = await fetch(this.#url, { cache: 'no-store' });
      if (response.status >= 400 && response.status < 429) return this.#end('invalid_link');
      if (!response.ok) throw new Error(`answered ${response.status}`);
      this.#setClock(response.headers.get('date'), sentAt);
      this.#show(await response.json());
      if (this.$state.get().over === null) this.#follow();
    } catch {
      this.#retryLater();
    }
  }

  /** Returns the way that the car still has to drive; null without a router, and if the link does not show it. */
  async route(): Promise<DrivingRoute | null> {
    const response = await fetch(`${this.#url}/route`, { cache: 'no-store' });
    if (!response.ok) throw new Error(`answered ${response.status}`);
    return ((await response.json()) as TripRoute).route;
  }

  #show({ state, position, eta, pickup, dropoff, driver }: SharedTrip): void {
    this.#change({ state, eta, pickup, dropoff, driver });
    if (position !== null) this.#move(position);
    if (state === 'completed' || state === 'cancelled') this.#end(state);
  }

  #follow(): void {
    this.#close();
    const source = new EventSource(`${this.#url}/events`);
    this.#source = source;
    const on = <E extends keyof ShareEvents>(event: E, listener: (data: ShareEvents[E]) => void) =>
      source.addEventListener(event, ({ data }) => listener(JSON.parse(data)));
    on('state', ({ state, driver }) => this.#change({ state, driver, eta: null }));
    on('position', (position) => {
      // The first one is the last that the service knew, however long ago the car sent it.
      const arrives = position.t > (this.$state.get().position?.t ?? Number.POSITIVE_INFINITY);
      this.#move(position);
      if (arrives) this.#change({ arrives });
    });
    on('eta', (eta) => this.#change({ eta }));
    on('end', ({ reason }) => this.#end(reasonOf(reason)));
    source.onopen = () => this.#change({ connection: 'online' });
    source.onerror = () => {
      // The browser reconnects by itself unless the server refused. The next request then gets the reason.
      if (source.readyState === EventSource.CLOSED) this.#retryLater();
      else this.#change({ connection: 'offline', arrives: false });
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
    this.#change({ connection: 'offline', arrives: false });
    this.#retryTimer = window.setTimeout(() => this.open(), RETRY_MS);
  }

  #close(): void {
    clearTimeout(this.#retryTimer);
    this.#source?.close();
    this.#source = null;
  }

  #setClock(date: string | null, sentAt: number): void {
    const at = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(at)) return;
    // The phone may have slept since the last reading.
    this.#clock.restart();
    this.#clock.add(at + DATE_HEADER_ERROR_MS, sentAt);
  }

  #change(change: Partial<SharedTripState>): void {
    update(this.$state, change);
  }
}

const reasonOf = (reason: ShareEnd['reason']): SharedTripState['over'] =>
  reason === 'completed' || reason === 'cancelled' ? reason : 'invalid_link';
