import { Api, DispatchClient, DriverClient, RiderClient } from '#sdk';
import { type Random } from '../../apps/simulator/src/random.js';
import type { System } from '../support/system.js';
import { acrossTheBorder, inTown, placeAt, type Route } from './route.js';

export const DRIVERS = 200;
export const RIDERS = 100;
const INTERVAL_MS = 1_000;
const AT_ONCE = 25;
/** Every so many drivers one goes to and fro across the border of two regions. */
const BORDER_EVERY = 10;

/** One fix or position, by its own time and by when this process heard of it; epoch ms. */
export type Heard = { t: number; at: number };

/** An app of a driver, and which of its fixes the service has acked. */
export class Driver {
  readonly acked: Heard[] = [];
  rejected = 0;
  node = '';
  #lastT = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly id: string,
    readonly client: DriverClient,
    private readonly route: Route,
  ) {
    // By the fix, not by the batch: a batch can be taken in part.
    client.on('acked', (fixes) => {
      const at = Date.now();
      for (const { t } of fixes) this.acked.push({ t, at });
    });
    client.on('rejected', () => {
      this.rejected += 1;
    });
    client.on('connection', (state) => {
      if (state.state === 'online') this.node = state.hello.node;
    });
  }

  get newestAcked(): number {
    return this.acked.reduce((newest, { t }) => Math.max(newest, t), 0);
  }

  drive(): void {
    this.#timer = setInterval(() => {
      this.#lastT = Math.max(Date.now(), this.#lastT + 1);
      this.client.push({ t: this.#lastT, ...placeAt(this.route, this.#lastT) });
    }, INTERVAL_MS);
  }

  park(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }
}

/** An app of a rider that follows its driver, and what it got to see. */
export class Rider {
  readonly received: Heard[] = [];
  gone = 0;
  node = '';

  constructor(
    readonly client: RiderClient,
    readonly driver: Driver,
  ) {
    client.on('position', ({ t }) => this.received.push({ t, at: Date.now() }));
    client.on('gone', () => {
      this.gone += 1;
    });
    client.on('connection', (state) => {
      if (state.state === 'online') this.node = state.hello.node;
    });
  }
}

/** A dispatch desk that follows what riders follow. The rider's client drops what is older; the desk's shows all. */
export class Desk {
  pushes = 0;
  /** pushes that were older than one before */
  backwards = 0;
  readonly #last = new Map<string, number>();

  constructor(readonly client: DispatchClient) {
    client.on('position', ({ driverId, t }) => {
      this.pushes += 1;
      // Equal is right: after a take-over the present position is told once more.
      if (t < (this.#last.get(driverId) ?? 0)) this.backwards += 1;
      this.#last.set(driverId, t);
    });
  }
}

export type Fleet = { drivers: Driver[]; riders: Rider[]; desks: Desk[]; close(): void };

/** Connects everyone through the one address and lets the drivers drive, each at its own moment of the second. */
export async function startFleet(system: System, random: Random): Promise<Fleet> {
  const { url } = system;
  const drivers = await inTurn(range(DRIVERS), async (i) => {
    const id = `driver-${i}`;
    const client = new DriverClient({ url, token: await system.token('driver', id) });
    const driver = new Driver(id, client, i % BORDER_EVERY === 0 ? acrossTheBorder(random) : inTown(random));
    await client.connect();
    return driver;
  });
  const service = new Api({ url, token: await system.token('service', 'chaos') });
  const place = { lat: 40.77, lng: -73.97 };
  const riders = await inTurn(drivers.slice(0, RIDERS), async (driver) => {
    const riderId = `rider-of-${driver.id}`;
    const parties = { riderId, driverId: driver.id };
    const trip = await service.createTrip({ ...parties, pickup: place, dropoff: place });
    const rider = new Rider(new RiderClient({ url, token: await system.token('rider', riderId) }), driver);
    await rider.client.connect();
    await rider.client.watchTrip(trip.id);
    return rider;
  });
  const desks = await inTurn(range(2), async (i) => {
    const desk = new Desk(new DispatchClient({ url, token: await system.token('dispatcher', `desk-${i}`) }));
    await desk.client.connect();
    for (const { driver } of riders) await desk.client.watchDriver(driver.id);
    return desk;
  });
  const starting = drivers.map((driver) => setTimeout(() => driver.drive(), random() * INTERVAL_MS));
  return {
    drivers,
    riders,
    desks,
    close: () => {
      for (const timer of starting) clearTimeout(timer);
      for (const driver of drivers) driver.park();
      for (const { client } of [...drivers, ...riders, ...desks]) client.close();
    },
  };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

async function inTurn<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  return results;
}
