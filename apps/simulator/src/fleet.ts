import { type City, nearestNode, seeded } from '#city';
import type { Point } from '#geo';
import { cachedToken, DispatchClient, devToken, type TokenSource } from '#sdk';
import { SimDriver } from './sim-driver.js';

/** Connections opened at once: a fleet that logs in all together is a load test, not a demo. */
const BATCH_SIZE = 75;

/** Returns the last known position of each vehicle, so that a restarted fleet continues from there. */
export async function lastPositions(
  url: string,
  city: City,
  token: TokenSource,
): Promise<Map<string, Point>> {
  const dispatch = new DispatchClient({ url, token });
  try {
    await dispatch.connect();
    const vehicles = await dispatch.watchFleet({ bbox: city.bounds, zoom: 10 });
    return new Map(vehicles.map((vehicle) => [vehicle.id, vehicle]));
  } finally {
    dispatch.close();
  }
}

export function createFleet(
  url: string,
  city: City,
  count: number,
  positions: Map<string, Point>,
): SimDriver[] {
  return Array.from({ length: count }, (_, i) => {
    const driverId = `car-${String(i + 1).padStart(4, '0')}`;
    const random = seeded(i + 1);
    const last = positions.get(driverId);
    const node = last === undefined ? Math.floor(random() * city.nodes.length) : nearestNode(city, last);
    return new SimDriver(driverId, city, node, random, {
      url,
      token: cachedToken(() => devToken('driver', driverId, url)),
    });
  });
}

/** @param positions see {@link lastPositions} */
export async function startAll(drivers: SimDriver[], positions: ReadonlyMap<string, Point>): Promise<void> {
  for (let at = 0; at < drivers.length; at += BATCH_SIZE) {
    const batch = drivers.slice(at, at + BATCH_SIZE);
    await Promise.all(batch.map((driver) => driver.start(!positions.has(driver.driverId))));
  }
}
