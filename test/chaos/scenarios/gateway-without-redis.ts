import { setTimeout as sleep } from 'node:timers/promises';
import { between } from '#city';
import { DispatchClient } from '#sdk';
import { startBlackholeProxy } from '../../fixtures/blackhole-proxy.js';
import { ask, connectStock, drive } from '../../fixtures/clients.js';
import { eventually } from '../../fixtures/eventually.js';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import type { System } from '../../fixtures/system.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { type AtEnd, withSystem } from '../with-system.js';

const CARS = 40;
const NOTICED_MS = 5_000;
const GONE_MS = 5_000;
const TIMEOUT_MS = 30_000;
const AREA = { bbox: [-74.1, 40.6, -73.8, 40.9] as [number, number, number, number], zoom: 12 };

export const gatewayWithoutRedis: Scenario = {
  name: 'gateway-without-redis',
  description: `one gateway is without Redis while ${CARS} cars leave; then its subscriptions alone die, and as many leave`,
  run: (context) => withSystem({ gateways: 1 }, (system, atEnd) => run(system, atEnd, context)),
};

async function run(system: System, atEnd: AtEnd, { random, seconds, log }: Context): Promise<Verdict[]> {
  const line = await startBlackholeProxy(system.redis.port);
  atEnd(line.stop);
  const redisUrl = `redis://127.0.0.1:${line.port}`;
  const gateway = await system.startGateway('gateway-9', { HEXFLEET_REDIS_URL: redisUrl });
  const isReady = async () => (await fetch(new URL('/readyz', gateway.ready.url))).status === 200;
  const board = new DispatchClient({
    url: gateway.ready.url,
    token: await system.token('dispatcher', 'desk'),
  });
  let stale = 0;
  board.on('stale', () => {
    stale += 1;
  });
  await board.connect();
  await board.watchFleet(AREA);
  const cars = await mapConcurrently([...Array(CARS).keys()], 10, async (i) =>
    connectStock(system.url, '/driver', await system.token('driver', `car-${i}`)),
  );
  const places = cars.map(() => ({
    lat: 40.75 + between(random, -0.05, 0.05),
    lng: -73.97 + between(random, -0.05, 0.05),
  }));
  const change = (status: 'available' | 'offline') =>
    Promise.all(cars.map((car) => ask(car, 'status', status)));
  const appear = async () => {
    await change('available');
    await Promise.all(cars.map((car, i) => ask(car, 'fixes', drive(1, places[i]))));
    await eventually(() => [...board.vehicles].length === CARS, TIMEOUT_MS);
  };
  const since = async (check: () => boolean | Promise<boolean>): Promise<number> => {
    const from = Date.now();
    await eventually(check, TIMEOUT_MS).catch(() => {});
    return Date.now() - from;
  };

  await appear();
  line.die();
  const noticedMs = await since(async () => stale > 0 && !(await isReady()));
  await change('offline');
  await sleep(seconds * 1_000 - noticedMs);
  line.heal();
  const back = await since(isReady);
  await sleep(GONE_MS);
  const ghosts = [...board.vehicles].length;
  log(`Without Redis for ${seconds} s: noticed after ${noticedMs} ms, ready ${back} ms after its return.`);

  await appear();
  stale = 0;
  line.dieWhere('ssubscribe');
  await change('offline');
  const deafMs = await since(() => stale > 0);
  const clearedMs = await since(() => [...board.vehicles].length === 0);
  log(`Subscriptions dead: noticed after ${deafMs} ms, nothing left on the board ${clearedMs} ms later.`);
  for (const { socket } of cars) socket.disconnect();
  board.close();
  return [
    atMost('ms until it was not ready and said `stale`', noticedMs, NOTICED_MS),
    none('cars on the board that left meanwhile, 5 s after it was ready again', ghosts),
    atMost('ms until dead subscriptions were noticed', deafMs, NOTICED_MS),
    atMost('ms from then until the board was right again', clearedMs, GONE_MS),
    atLeast('boards warned that they may be out of date', stale, 1),
  ];
}
