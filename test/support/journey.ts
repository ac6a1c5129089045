import { type Position, type Trip, type TripState } from '#protocol';
import { Api, DispatchClient, DriverClient, RiderClient } from '#sdk';
import { eventually } from './eventually.js';
import type { System } from './system.js';

/** So many metres north of a place. */
export const north = ({ lat, lng }: Position, metres: number): Position => ({
  lat: lat + metres / 111_195,
  lng,
});

/** Places 50 km apart from each other, so that nobody near one is near another. */
export function placesFrom(lat: number): () => Position {
  let count = 0;
  return () => ({ lat: lat + 0.5 * count++, lng: 20 });
}

type Client = RiderClient | DriverClient | DispatchClient;
type Where = {
  /** where it connects; the one address by default */
  url?: string;
};

/** Clients of the sdk, connected, which are closed together. They come back fast. */
export class Apps {
  readonly #open: Client[] = [];
  readonly #nodes = new WeakMap<Client, string>();

  constructor(private readonly system: System) {}

  rider(riderId: string, where: Where = {}): Promise<RiderClient> {
    return this.#connected(new RiderClient(this.#options('rider', riderId, where)));
  }

  dispatch(userId: string, where: Where = {}): Promise<DispatchClient> {
    return this.#connected(new DispatchClient(this.#options('dispatcher', userId, where)));
  }

  /** Available, and in the index at that place since `t`, by default now. */
  async driverAt(
    driverId: string,
    place: Position,
    { t = Date.now(), ...where }: Where & { t?: number } = {},
  ): Promise<DriverClient> {
    const driver = await this.#connected(new DriverClient(this.#options('driver', driverId, where)));
    await driver.setStatus('available');
    driver.push({ t, ...place });
    await driver.drained();
    const service = new Api({
      url: this.system.url,
      token: await this.system.token('service', 'journey'),
    });
    await eventually(async () => (await service.driver(driverId).catch(() => null))?.status === 'available');
    return driver;
  }

  /** Closes it and connects it again, through the one address, until that node has it. */
  async moveTo(node: string, client: Client): Promise<void> {
    while (this.nodeOf(client) !== node) {
      client.close();
      await client.connect();
    }
  }

  /** Which node has its connection, or had the last one. */
  nodeOf(client: Client): string | undefined {
    return this.#nodes.get(client);
  }

  closeAll(): void {
    for (const client of this.#open.splice(0)) client.close();
  }

  async #connected<T extends Client>(client: T): Promise<T> {
    this.#open.push(client);
    // A union of clients takes no listener; all of them have this event.
    (client as RiderClient).on('connection', (connection) => {
      if (connection.state === 'online') this.#nodes.set(client, connection.hello.node);
    });
    await client.connect();
    return client;
  }

  #options(role: 'rider' | 'driver' | 'dispatcher', sub: string, { url = this.system.url }: Where) {
    return {
      url,
      token: () => this.system.token(role, sub),
      backoff: { baseMs: 50, ceilingMs: 500 },
    };
  }
}

/** The states of a trip as they are told to an app, from now on. */
export function statesTold(client: {
  on(event: 'trip', listener: (trip: Trip) => void): unknown;
}): TripState[] {
  const states: TripState[] = [];
  client.on('trip', ({ state }) => states.push(state));
  return states;
}

/** Tells the store that all of a trip that happened so far happened so much earlier. */
export async function backdate({ redis }: System, tripId: string, ms: number): Promise<void> {
  const key = `trip:${tripId}`;
  const trip = JSON.parse((await redis.client.hget(key, 'trip'))!) as Trip;
  const earlier = (t: number) => t - ms;
  const times = Object.fromEntries(Object.entries(trip.times).map(([state, t]) => [state, earlier(t)]));
  const dates = { createdAt: earlier(trip.createdAt), changedAt: earlier(trip.changedAt), times };
  await redis.client.hset(key, 'trip', JSON.stringify({ ...trip, ...dates }));
}
