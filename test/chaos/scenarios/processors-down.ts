import { between } from '#city';
import { Api, DriverClient } from '#sdk';
import { readinessOf } from '../../fixtures/prometheus.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { noteServiceStates } from '../service-states.js';
import { type TestBed, withTestBed } from '../test-bed.js';
import { deliveryRecovers, indexedOnce, neverMovesBack, nothingLost } from '../verdicts.js';

/** The service says within this time that positions do not arrive. */
const NOTICE_MS = 5_000;
/** Positions per driver while a processor catches up: only the newest, twice a second. */
const CATCH_UP_MS = 3_000;
const CATCH_UP_POSITIONS = 6;
/** Age of a position that was sent while the processor was behind. */
const OLD_MS = 3_000;
/** Far from every other driver. */
const PLACE = { lat: 40.6, lng: -74.2 };

export const processorsDown: Scenario = {
  name: 'processors-down',
  description: 'all processors are down for most of the time, and a driver goes offline meanwhile',
  run: (context) => withTestBed(context, {}, (testBed) => run(testBed, context)),
};

async function run(testBed: TestBed, context: Context): Promise<Verdict[]> {
  const { system, fleet } = testBed;
  const { random, seconds, log } = context;
  const delayOf = noteServiceStates(fleet);
  const leaving = new DriverClient({ url: system.url, token: await system.token('driver', 'leaving') });
  const offered: string[] = [];
  leaving.on('offer', ({ tripId }) => offered.push(tripId));
  await leaving.connect();
  leaving.push({ t: Date.now(), ...PLACE });

  await testBed.until(between(random, 0.2, 0.3) * seconds);
  for (const { process: child } of system.processors) child.kill('SIGKILL');
  const downAt = Date.now();
  await leaving.setStatus('offline');
  const service = new Api({ url: system.url, token: await system.token('service', 'chaos') });
  await service.createTrip({ riderId: 'stranded', pickup: PLACE, dropoff: PLACE });
  await testBed.until(0.6 * seconds);
  const gateways = await Promise.all(
    system.gateways.map(async (gateway) => (await readinessOf(gateway)).body as Readiness),
  );
  await system.startProcessor('processor-2');
  const upAt = Date.now();
  log(`All processors were down for ${upAt - downAt} ms.`);
  await testBed.until(seconds);
  await testBed.settle();
  leaving.close();

  const caughtUp = fleet.riders.map(
    ({ received }) =>
      received.filter(({ t, at }) => at >= upAt - 1_000 && at < upAt + CATCH_UP_MS && at - t > OLD_MS).length,
  );
  const oldest = Math.min(...gateways.map(({ oldestMs }) => oldestMs));
  const unread = Math.min(...gateways.map(({ withoutReader }) => withoutReader.length));
  return [
    atMost('ms until the last rider and dispatcher knew', delayOf('degraded', downAt), NOTICE_MS),
    atMost('ms until the last of them knew that it is over', delayOf('ok', upAt), NOTICE_MS),
    atLeast('age of the oldest entry in the readiness of each gateway, ms', oldest, 1_000),
    atLeast('partitions without a reader in the readiness of each gateway', unread, 1),
    none('trips offered to a driver who went offline meanwhile', offered.length),
    atMost(
      'old positions that a rider got at most while the processor caught up',
      Math.max(...caughtUp),
      CATCH_UP_POSITIONS,
    ),
    ...deliveryRecovers(testBed, { faultAt: downAt, since: upAt, what: 'a processor was started' }, context),
    ...(await nothingLost(testBed, context)),
    ...(await indexedOnce(testBed, context)),
    ...neverMovesBack(testBed, context),
  ];
}

type Readiness = { oldestMs: number; withoutReader: number[] };
