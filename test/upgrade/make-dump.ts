import { writeFile } from 'node:fs/promises';
import { ask, connectStock, drive, pushes } from '../fixtures/clients.js';
import { eventually } from '../fixtures/eventually.js';
import { rest } from '../fixtures/rest.js';
import { startSystem, stopService } from '../fixtures/system.js';
import { dumpKeys } from './dump.js';
import { DUMPED_SETTINGS } from './restore.js';

const HERE = { lat: 40.75, lng: -73.99 };
const THERE = { lat: 40.76, lng: -73.98 };
/** Where the last of five fixes that begin at the first place is followed by others. */
const NEXT = { lat: 40.75, lng: -73.9895 };

/**
 * Lets a small installation of this version do a little of everything, stops its processes, and writes what they left in
 * Redis to a file: `node dist/test/upgrade/make-dump.js FILE`.
 */
async function main(file: string): Promise<void> {
  const system = await startSystem({ gateways: 1, env: DUMPED_SETTINGS });
  try {
    const { url, redis, token, processors } = system;
    const service = await token('service', 's');
    const open = async (n: number) => {
      const ids = { riderId: `rider-${n}`, driverId: `driver-${n}` };
      const { body: trip } = await rest(`${url}/api/trips`, 'POST', service, {
        ...ids,
        pickup: HERE,
        dropoff: THERE,
      });
      return trip;
    };
    const driverAt = async (n: number) => {
      const driver = await connectStock(url, '/driver', await token('driver', `driver-${n}`));
      const fixes = drive(5, HERE);
      await ask(driver, 'fixes', fixes);
      return { driver, fixes };
    };
    const change = (id: string, state: string) => rest(`${url}/api/trips/${id}`, 'PATCH', service, { state });

    const { driver, fixes } = await driverAt(1);
    const trip = await open(1);
    const rider = await connectStock(url, '/rider', await token('rider', 'rider-1'));
    for (const [n, client] of [rider, driver].entries())
      await ask(client, 'chat:send', { tripId: trip.id, id: `m-${n}`, text: `message ${n}` });
    await ask(driver, 'chat:read', { tripId: trip.id, seq: 1 });
    const { body: link } = await rest(
      `${url}/api/trips/${trip.id}/share`,
      'POST',
      await token('rider', 'rider-1'),
      {},
    );

    const { driver: away } = await driverAt(2);
    const ended = await open(2);
    await change(ended.id, 'cancelled');
    await eventually(() => pushes(away, 'trip').some(({ state }) => state === 'cancelled'));
    await ask(away, 'status', 'offline');

    const { driver: late } = await driverAt(3);
    await eventually(async () => {
      const { body } = await rest(
        `${url}/api/nearby?lat=${HERE.lat}&lng=${HERE.lng}&radiusM=1000`,
        'GET',
        service,
      );
      return body.drivers?.length === 2;
    });
    const get = async (path: string) => (await rest(`${url}/api${path}`, 'GET', service)).body;
    const expected = {
      trip: await get(`/trips/${trip.id}`),
      ended: await get(`/trips/${ended.id}`),
      positions: [await get('/drivers/driver-1/position'), await get('/drivers/driver-3/position')],
      track: fixes.map(({ t }) => t),
      link,
    };
    for (const processor of processors) await stopService(processor);
    // Acked, and not processed yet.
    const waiting = drive(1, NEXT);
    await ask(late, 'fixes', waiting);
    for (const { socket } of [driver, rider, away, late]) socket.disconnect();
    await stopService(system.front);
    const keys = (await dumpKeys(redis.client)).map((key) => `    ${JSON.stringify(key)}`);
    const head = JSON.stringify({ at: Date.now(), expected: { ...expected, waiting } }, null, 2).slice(0, -2);
    await writeFile(file, `${head},\n  "keys": [\n${keys.join(',\n')}\n  ]\n}\n`);
  } finally {
    await system.stop();
  }
}

await main(process.argv[2]!);
