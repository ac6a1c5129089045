import { setTimeout as sleep } from 'node:timers/promises';
import { Api, DriverClient } from '#sdk';
import { eventually } from '../../fixtures/eventually.js';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import type { System } from '../../fixtures/system.js';
import type { RiderPage } from '../rider-pages.js';
import { atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { type AtEnd, withSystem } from '../with-system.js';

const PAGES = 20;
const PLACE = { lat: 40.77, lng: -73.97 };
/** Both ends give a connection up within 9.5 s, and a partner is notified five seconds later. */
const NOTICED_MS = 20_000;
const SETTLE_MS = 30_000;

export const pagesFrozen: Scenario = {
  name: 'pages-frozen',
  description: `the pages of ${PAGES} riders with open trips are frozen for twice the given time, by default two minutes`,
  run: (context) => withSystem({}, (system, atEnd) => run(system, atEnd, context)),
};

async function run(system: System, atEnd: AtEnd, { seconds, log }: Context): Promise<Verdict[]> {
  const { url } = system;
  const service = new Api({ url, token: await system.token('service', 's') });
  const notified: Array<Array<{ online: boolean; at: number }>> = [];
  const pages = await mapConcurrently([...Array(PAGES).keys()], 5, async (i): Promise<RiderPage> => {
    const driver = new DriverClient({
      url,
      token: await system.token('driver', `d-${i}`),
      deviceId: `d-${i}`,
    });
    atEnd(() => driver.close());
    await driver.connect();
    driver.push({ t: Date.now(), ...PLACE });
    const trip = await service.createTrip({
      riderId: `r-${i}`,
      driverId: `d-${i}`,
      pickup: PLACE,
      dropoff: PLACE,
    });
    const own: Array<{ online: boolean; at: number }> = [];
    notified[i] = own;
    driver.on('presence', ({ online }) => own.push({ online, at: Date.now() }));
    return { token: await system.token('rider', `r-${i}`), tripId: trip.id };
  });
  const app = await system.start('test/chaos/rider-pages.js', {
    RIDER_PAGES: JSON.stringify(pages),
    SERVICE_URL: url,
  });
  // The riders have just come online.
  await sleep(7_000);
  for (const own of notified) own.length = 0;

  const frozenAt = Date.now();
  app.process.kill('SIGSTOP');
  await sleep(Math.max(2 * seconds * 1_000, NOTICED_MS));
  app.process.kill('SIGCONT');
  const resumedAt = Date.now();
  await eventually(() => notified.every((own) => own.at(-1)?.online === true), SETTLE_MS).catch(() => {});
  // A second notification would be wrong.
  await sleep(10_000);
  const all = notified.flat();
  const count = (online: boolean, wrong: (n: number) => boolean) =>
    notified.filter((own) => wrong(own.filter((push) => push.online === online).length)).length;
  const slowest = (online: boolean, since: number) =>
    Math.max(...all.filter((push) => push.online === online).map(({ at }) => at - since), 0);
  log(
    `${PAGES} pages were frozen for ${resumedAt - frozenAt} ms; their drivers were notified ${all.length} times.`,
  );
  return [
    none(
      'drivers not notified that their rider is offline',
      count(false, (n) => n === 0),
    ),
    none(
      'drivers notified more than once that their rider is offline',
      count(false, (n) => n > 1),
    ),
    none(
      'drivers not notified that their rider is back',
      count(true, (n) => n === 0),
    ),
    none(
      'drivers notified more than once that their rider is back',
      count(true, (n) => n > 1),
    ),
    atMost('ms until the last driver was notified of the absence', slowest(false, frozenAt), NOTICED_MS),
    atMost('ms until the last driver was notified of the return', slowest(true, resumedAt), NOTICED_MS),
  ];
}
