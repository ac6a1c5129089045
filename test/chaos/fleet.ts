import type { Random } from '#city';
import { Api, DispatchClient, DriverClient, RiderClient } from '#sdk';
import { mapConcurrently } from '../fixtures/map-concurrently.js';
import type { System } from '../fixtures/system.js';
import { DispatchApp, Driver, Echo, INTERVAL_MS, Rider } from './apps.js';
import { acrossTheBorder, inTown } from './route.js';

export const DRIVERS = 200;
export const RIDERS = 100;
const AT_ONCE = 25;
/** One in this many drivers drives back and forth across the border of two regions. */
const BORDER_EVERY = 10;
/** One in this many followed drivers has a device that resends old fixes. */
const ECHO_EVERY = 5;

export type Fleet = {
  drivers: Driver[];
  riders: Rider[];
  dispatchers: DispatchApp[];
  echoes: Echo[];
  /** stops all sending */
  park(): void;
  close(): void;
};

/** Connects all clients through the load balancer and starts the drivers, spread evenly over the second. */
export async function startFleet(system: System, random: Random): Promise<Fleet> {
  const { url } = system;
  const drivers = await mapConcurrently(range(DRIVERS), AT_ONCE, async (i) => {
    const id = `driver-${i}`;
    // Before the first await, so that a seed gives each driver the same route.
    const route = i % BORDER_EVERY === 0 ? acrossTheBorder(random) : inTown(random);
    const driver = new Driver(
      id,
      new DriverClient({ url, token: await system.token('driver', id), deviceId: id }),
      route,
    );
    await driver.client.connect();
    return driver;
  });
  const service = new Api({ url, token: await system.token('service', 'chaos') });
  const place = { lat: 40.77, lng: -73.97 };
  const riders = await mapConcurrently(drivers.slice(0, RIDERS), AT_ONCE, async (driver) => {
    const riderId = `rider-of-${driver.id}`;
    const parties = { riderId, driverId: driver.id };
    const trip = await service.createTrip({ ...parties, pickup: place, dropoff: place });
    const rider = new Rider(new RiderClient({ url, token: await system.token('rider', riderId) }), driver);
    await rider.client.connect();
    await rider.client.watchTrip(trip.id);
    return rider;
  });
  const dispatchers = await mapConcurrently(range(2), AT_ONCE, async (i) => {
    const token = await system.token('dispatcher', `desk-${i}`);
    const driverIds = riders.map(({ driver }) => driver.id);
    const dispatcher = new DispatchApp(new DispatchClient({ url, token }), { url, token }, driverIds);
    await dispatcher.client.connect();
    await mapConcurrently(riders, AT_ONCE, ({ driver }) => dispatcher.client.watchDriver(driver.id));
    return dispatcher;
  });
  const echoes = await mapConcurrently(
    riders.filter((_, i) => i % ECHO_EVERY === 0),
    AT_ONCE,
    async ({ driver }) => {
      const token = await system.token('driver', driver.id);
      const client = new DriverClient({ url, token, deviceId: driver.id });
      await client.connect();
      return new Echo(client, driver);
    },
  );
  const starting = drivers.map((driver) => setTimeout(() => driver.drive(), random() * INTERVAL_MS));
  const park = () => {
    for (const timer of starting) clearTimeout(timer);
    for (const sender of [...drivers, ...echoes]) sender.park();
  };
  return {
    drivers,
    riders,
    dispatchers,
    echoes,
    park,
    close: () => {
      park();
      for (const { client } of [...drivers, ...riders, ...echoes]) client.close();
      for (const dispatcher of dispatchers) dispatcher.close();
    },
  };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
