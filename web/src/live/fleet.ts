import { type ConnectionState, DispatchClient, type TokenSource } from '#sdk';
import { Store } from './store.js';

export type FleetState = {
  connection: ConnectionState['state'];
  available: number;
  busy: number;
  /** when the last frame came in, by performance.now(); null before the first */
  heardAt: number | null;
  /** nothing came for so long that what is shown is no longer true */
  stale: boolean;
};

const CHECK_MS = 500;
/** Longer than two intervals of cars on a watched map, which is how often the last one is heard when all stand. */
const STALE_MS = 8_000;
/** Far enough in for single vehicles. */
const ZOOM = 14;

/** The whole city's fleet, as dispatch sees it. */
export class Fleet {
  readonly client: DispatchClient;
  readonly state = new Store<FleetState>({
    connection: 'connecting',
    available: 0,
    busy: 0,
    heardAt: null,
    stale: false,
  });
  #heardAt: number | null = null;
  #connection: ConnectionState['state'] = 'connecting';

  constructor(token: TokenSource) {
    this.client = new DispatchClient({ token });
    this.client.on('fleet', () => {
      this.#heardAt = performance.now();
    });
    this.client.on('connection', ({ state }) => {
      this.#connection = state;
      this.#look();
    });
    // Counted by the clock rather than by frame: a second brings a frame for each cell of the city.
    setInterval(() => this.#look(), CHECK_MS);
  }

  async open(bbox: [west: number, south: number, east: number, north: number]): Promise<void> {
    await this.client.connect();
    await this.client.watchFleet({ bbox, zoom: ZOOM });
    this.#look();
  }

  #look(): void {
    let available = 0;
    for (const { status } of this.client.vehicles) if (status === 'available') available++;
    const heardAt = this.#heardAt;
    const stale = heardAt !== null && performance.now() - heardAt > STALE_MS;
    const busy = this.client.vehicles.size - available;
    this.state.set({ connection: this.#connection, available, busy, heardAt, stale });
  }
}
