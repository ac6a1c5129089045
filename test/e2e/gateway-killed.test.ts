import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type DriverClient } from '#sdk';
import { type RunningGateway, runningGateways } from '../fixtures/gateways.js';
import { Apps, collectStates, north, placesFrom } from '../fixtures/journey.js';
import { type System, startSystem } from '../fixtures/system.js';
import { invalidStates, storedTrips } from '../fixtures/trip-audit.js';

const nextPlace = placesFrom(10);
const kill = ({ pid }: RunningGateway) => process.kill(pid, 'SIGKILL');

let system: System;
let apps: Apps;
beforeAll(async () => {
  system = await startSystem({ env: { HEXFLEET_OFFER_MS: '6000' } });
  apps = new Apps(system);
});
afterEach(() => apps.closeAll());
afterAll(() => system.stop());

async function driveAll(driver: DriverClient, tripId: string): Promise<void> {
  for (const step of ['arriving', 'arrived', 'on_trip', 'completed'] as const)
    await driver.step(tripId, step);
}

describe('a gateway is killed', () => {
  test('while serving requests: each request is answered or its connection closes, and none hangs', async () => {
    for (let round = 0; round < 3; round += 1) {
      const [dying] = await runningGateways(system);
      const ask = () =>
        fetch(`${system.url}/healthz`, { headers: { connection: 'close' } }).then(
          ({ status }) => status,
          () => 'ended',
        );
      const before = Array.from({ length: 10 }, ask);
      kill(dying!);
      const answers = await Promise.all([...before, ...Array.from({ length: 40 }, ask)]);
      expect(answers.filter((answer) => answer !== 'ended')).not.toEqual([]);
    }
  }, 60_000);

  test.each([0, 1])(
    'during an offer: the trip still gets a driver, and the apps reconnect to the other gateway (%i)',
    async (i) => {
      const [dying, other] =
        i === 0 ? await runningGateways(system) : (await runningGateways(system)).reverse();
      const place = nextPlace();
      const first = await apps.driverAt(`offer-${i}-first`, north(place, 100));
      const second = await apps.driverAt(`offer-${i}-second`, north(place, 600));
      const rider = await apps.rider(`offer-${i}-rider`);
      for (const app of [first, second, rider]) await apps.moveTo(dying!.node, app);
      const states = collectStates(rider);
      const seen: string[] = [];
      rider.on('position', ({ driverId }) => seen.push(driverId));
      const offered = first.once('offer');
      const offeredNext = second.once('offer');

      const trip = await rider.requestTrip({ pickup: place, dropoff: place });
      await offered;
      kill(dying!);
      expect((await offeredNext).tripId).toBe(trip.id);
      await second.accept(trip.id);
      await expect.poll(() => seen[0]).toBe(`offer-${i}-second`);
      await driveAll(second, trip.id);
      await expect.poll(() => states.at(-1)).toBe('completed');
      expect(invalidStates(states)).toBeNull();
      expect([first, second, rider].map((app) => apps.nodeOf(app))).toEqual(Array(3).fill(other!.node));
    },
  );

  test.each(['before', 'after'])(
    'just %s it answers a trip request: exactly one trip exists, with a driver',
    async (when) => {
      const [dying] = await runningGateways(system);
      const place = nextPlace();
      const driver = await apps.driverAt(`moment-${when}-driver`, place);
      const riderId = `moment-${when}-rider`;
      const rider = await apps.rider(riderId);
      const states = collectStates(rider);
      const journey = { pickup: place, dropoff: north(place, 1_000) };
      const idempotencyKey = randomUUID();
      const offered = driver.once('offer');

      const request = fetch(`${dying!.url}/api/trips`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await system.token('rider', riderId)}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
        body: JSON.stringify(journey),
      });
      if (when === 'after') expect((await request).status).toBe(201);
      else await tripStored(riderId);
      kill(dying!);
      await request.catch(() => {});
      const trip = await rider.requestTrip(journey, { idempotencyKey });
      expect((await offered).tripId).toBe(trip.id);
      await driver.accept(trip.id);
      await driveAll(driver, trip.id);
      await expect.poll(() => states.at(-1)).toBe('completed');
      expect(
        (await storedTrips(system.redis.client)).filter((kept) => kept.riderId === riderId),
      ).toHaveLength(1);
    },
  );
});

/** Resolves as soon as a trip of that rider is stored, while the request that creates it is still in progress. */
async function tripStored(riderId: string): Promise<void> {
  await expect
    .poll(async () => (await storedTrips(system.redis.client)).some((kept) => kept.riderId === riderId), {
      interval: 1,
    })
    .toBe(true);
}
