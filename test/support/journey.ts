import { type Position, type Trip, type TripState } from '#protocol';
import { DispatchClient, DriverClient, RiderClient } from '#sdk';
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

/** Clients of the sdk that are closed together. */
export class Apps {
  readonly #open: Array<{ close(): void }> = [];

  constructor(
    private readonly system: System,
    /** where they connect, by default the one address */
    private readonly url = system.url,
  ) {}

  rider(riderId: string): Promise<RiderClient> {
    return this.#connected(new RiderClient(this.#options('rider', riderId)));
  }

  dispatch(userId: string): Promise<DispatchClient> {
    return this.#connected(new DispatchClient(this.#options('dispatcher', userId)));
  }

  /** Connected, without a place or a status. */
  driver(driverId: string, url = this.url): Promise<DriverClient> {
    return this.#connected(new DriverClient({ ...this.#options('driver', driverId), url }));
  }

  /** Available, and in the index at that place. */
  async driverAt(driverId: string, place: Position, url = this.url): Promise<DriverClient> {
    const driver = await this.driver(driverId, url);
    await driver.setStatus('available');
    driver.push({ t: Date.now(), ...place });
    await driver.drained();
    await this.indexed(driverId);
    return driver;
  }

  /** Resolves when the service offers trips to this driver. */
  async indexed(driverId: string): Promise<void> {
    const token = await this.system.token('service', 'journey');
    await eventually(async () => {
      const response = await fetch(`${this.system.url}/api/drivers/${driverId}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return response.ok && ((await response.json()) as { status: string }).status === 'available';
    });
  }

  closeAll(): void {
    for (const client of this.#open.splice(0)) client.close();
  }

  async #connected<T extends { connect(): Promise<unknown>; close(): void }>(client: T): Promise<T> {
    this.#open.push(client);
    await client.connect();
    return client;
  }

  #options(role: 'rider' | 'driver' | 'dispatcher', sub: string) {
    return { url: this.url, token: () => this.system.token(role, sub), backoff: { ceilingMs: 1_000 } };
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
