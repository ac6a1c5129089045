import { afterAll, beforeAll, expect, test } from 'vitest';
import { DispatchClient } from '#sdk';
import { type BlackholeProxy, startBlackholeProxy } from '../fixtures/blackhole-proxy.js';
import { ask, connectStock, drive, pushes, type StockClient } from '../fixtures/clients.js';
import { eventually } from '../fixtures/eventually.js';
import { type Service, type System, startSystem } from '../fixtures/system.js';

const PLACE = { lat: 40.75, lng: -73.99 };
const AREA = { bbox: [-74.1, 40.6, -73.9, 40.9] as [number, number, number, number], zoom: 12 };

let system: System;
let line: BlackholeProxy;
/** a gateway with a connection to Redis of its own */
let gateway: Service;
let driver: StockClient;
let board: DispatchClient;
/** times at which the board was warned that what it shows may be old */
let stale: number;
beforeAll(async () => {
  system = await startSystem({ gateways: 1 });
  line = await startBlackholeProxy(system.redis.port);
  gateway = await system.startGateway('gateway-9', { HEXFLEET_REDIS_URL: `redis://127.0.0.1:${line.port}` });
  driver = await connectStock(system.url, '/driver', await system.token('driver', 'd'));
  await ask(driver, 'status', 'available');
  await ask(driver, 'fixes', drive(1, PLACE));
  board = new DispatchClient({ url: gateway.ready.url, token: await system.token('dispatcher', 'desk') });
  stale = 0;
  board.on('stale', () => {
    stale += 1;
  });
  await board.connect();
  await board.watchFleet(AREA);
  await eventually(() => shown().length === 1);
});
afterAll(async () => {
  driver.socket.disconnect();
  board.close();
  await system.stop();
  line.stop();
});

const shown = () => [...board.vehicles].map(({ id }) => id);
const ready = async () => (await fetch(new URL('/readyz', gateway.ready.url))).status;

test('a gateway whose subscriptions died is not ready, says so, and lets its clients reload what they missed', async () => {
  const stock = await connectStock(gateway.ready.url, '/rider', await system.token('rider', 'stock'));
  expect(await ready()).toBe(200);
  line.dieWhere('ssubscribe');
  await ask(driver, 'status', 'offline');
  await expect.poll(() => stale).toBe(1);
  await expect.poll(() => pushes(stock, 'stale')).toEqual([{ since: expect.any(Number) }]);
  // The gateway opened a new connection by itself.
  await expect.poll(() => pushes(stock, 'resync')).toEqual([{}]);
  await expect.poll(ready).toBe(200);
  await expect.poll(shown, { timeout: 5_000 }).toEqual([]);
  stock.socket.disconnect();
});

test('a gateway that was without Redis shows no vehicle that left meanwhile', async () => {
  await ask(driver, 'status', 'available');
  await ask(driver, 'fixes', drive(1, PLACE));
  await expect.poll(shown).toEqual(['d']);
  line.die();
  await expect.poll(() => stale).toBe(2);
  expect(await ready()).toBe(503);
  await ask(driver, 'status', 'offline');
  const late = await connectStock(gateway.ready.url, '/rider', await system.token('rider', 'late'));
  await expect.poll(() => pushes(late, 'stale')).toHaveLength(1);
  expect(shown()).toEqual(['d']);
  line.heal();
  await expect.poll(ready).toBe(200);
  await expect.poll(shown, { timeout: 5_000 }).toEqual([]);
  late.socket.disconnect();
});
