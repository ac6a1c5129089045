import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConnectionState, DriverClient } from '#sdk';
import { connectStock, drive, pushes } from '../fixtures/clients.js';
import { runningGateways } from '../fixtures/gateways.js';
import { metricOf } from '../fixtures/prometheus.js';
import { type System, startSystem } from '../fixtures/system.js';

let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { HEXFLEET_DRAIN_MS: '2000' } });
});
afterAll(() => system.stop());

test('a stopping gateway is not ready first, then its clients move without a pause, and it comes back', async () => {
  const client = new DriverClient({ url: system.url, token: await system.token('driver', 'moving') });
  const states: ConnectionState[] = [];
  client.on('connection', (state) => states.push(state));
  const { node } = await client.connect();
  const gateway = system.gateways.find((each) => each.node === node)!;
  const other = system.gateways.find((each) => each.node !== node)!;
  const stock = await connectStock(gateway.url, '/driver', await system.token('driver', 'stock'));

  process.kill(gateway.pid, 'SIGTERM');
  await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status, { interval: 10 }).toBe(503);
  expect(pushes(stock, 'leaving')).toEqual([]);
  client.push(...drive(3));
  await expect.poll(() => pushes(stock, 'leaving')).toEqual([{ retryInMs: expect.any(Number) }]);
  expect(await metricOf({ gateways: [gateway] }, 'hexfleet_clients_asked_to_move_total')).toBe(2);
  await expect.poll(() => states.map(({ state }) => state)).toEqual(['connecting', 'online', 'online']);
  expect(states.at(-1)).toMatchObject({ hello: { node: other.node } });
  await client.drained();
  // A client that stays is disconnected when the gateway ends.
  await expect.poll(() => stock.socket.connected).toBe(false);
  expect(states).toHaveLength(3);

  const again = (await runningGateways(system)).find((each) => each.node === node)!;
  expect(again.pid).not.toBe(gateway.pid);
  expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
  client.close();
});
