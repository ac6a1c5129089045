import { expect, test } from 'vitest';
import { regionAt } from '#geo/cells';
import { Api, ZonesApi } from '#sdk';
import { ask, connectStock, pushes } from '../fixtures/clients.js';
import { readinessOf } from '../fixtures/prometheus.js';
import { rest } from '../fixtures/rest.js';
import { startSystem } from '../fixtures/system.js';
import { ringAround } from '../fixtures/zones.js';

const HERE = { lat: 40.6, lng: -74.2 };

type Readiness = { oldestMs: number; withoutReader: number[] };

test('while all processors are down, watchers know it, a driver who left gets no trip, and then only the newest position is sent', async () => {
  const system = await startSystem({ gateways: 1 });
  try {
    const { url, processors, gateways, token } = system;
    const service = await token('service', 's');
    const driver = await connectStock(url, '/driver', await token('driver', 'down-driver'));
    const leaving = await connectStock(url, '/driver', await token('driver', 'down-leaving'));
    const rider = await connectStock(url, '/rider', await token('rider', 'down-rider'));
    const states = () => pushes(rider, 'service').map(({ state }) => state);
    const fix = () => ({ t: Date.now(), ...HERE });
    const parties = { riderId: 'down-rider', driverId: 'down-driver' };
    const { body: trip } = await rest(`${url}/api/trips`, 'POST', service, {
      ...parties,
      pickup: HERE,
      dropoff: HERE,
    });
    await ask(rider, 'trip:watch', { tripId: trip.id });
    await ask(leaving, 'status', 'available');
    await ask(leaving, 'fixes', [fix()]);
    await ask(driver, 'fixes', [fix()]);
    await expect.poll(() => pushes(rider, 'position').length).toBe(1);

    processors[0]!.process.kill('SIGKILL');
    const downAt = Date.now();
    await ask(leaving, 'status', 'offline');
    const stranded = { riderId: 'down-stranded', pickup: HERE, dropoff: HERE };
    await rest(`${url}/api/trips`, 'POST', service, stranded);
    let last = 0;
    const sent = async () => {
      const next = fix();
      expect(await ask(driver, 'fixes', [next])).toMatchObject({ ok: true, accepted: 1 });
      last = next.t;
      return states();
    };
    await expect.poll(sent, { interval: 100 }).toEqual(['degraded']);
    expect(Date.now() - downAt).toBeLessThan(6_000);
    const readiness = async () => (await readinessOf(gateways[0]!)).body as Readiness;
    expect((await readiness()).oldestMs).toBeGreaterThan(500);
    await expect.poll(async () => (await readiness()).withoutReader.length).toBeGreaterThan(0);
    expect(pushes(rider, 'position')).toHaveLength(1);

    await system.startProcessor('processor-2');
    await expect.poll(states).toEqual(['degraded', 'ok']);
    await expect.poll(() => pushes(rider, 'position').at(-1)?.t).toBe(last);
    // Dozens were waiting.
    expect(pushes(rider, 'position').length).toBeLessThan(8);
    expect(pushes(leaving, 'offer')).toEqual([]);
    for (const { socket } of [driver, leaving, rider]) socket.disconnect();
  } finally {
    await system.stop();
  }
});

test('while no processor notices that a driver is silent, the driver gets no trip, not even as the first of a queue', async () => {
  const silentMs = 2_000;
  const env = { HEXFLEET_SILENT_MS: String(silentMs), HEXFLEET_SEARCH_MS: '3000' };
  const system = await startSystem({ gateways: 1, env });
  try {
    const { url, processors, token } = system;
    const service = await token('service', 's');
    const zones = new ZonesApi(new Api({ url, token: service }));
    const region = regionAt(HERE);
    const ring = ringAround(HERE, 500, 12);
    await zones.import(region, {
      type: 'Feature',
      id: 'stand',
      properties: { name: 'Stand', kind: 'queue' },
      geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!]] },
    });
    const { number, replaces } = await zones.compare(region);
    await zones.publish(region, { comment: 'Stand', number: number!, replaces });
    const driver = await connectStock(url, '/driver', await token('driver', 'down-first'));
    await ask(driver, 'status', 'available');
    let reportedAt = 0;
    const queue = async () => {
      reportedAt = Date.now();
      await ask(driver, 'fixes', [{ t: reportedAt, ...HERE, accuracyM: 5 }]);
      // The zone takes effect a moment later.
      const { drivers } = await zones.queue(region, 'stand').catch(() => ({ drivers: [] }));
      return drivers.map(({ driverId }) => driverId);
    };
    await expect.poll(queue).toEqual(['down-first']);

    processors[0]!.process.kill('SIGKILL');
    await expect.poll(() => Date.now() - reportedAt).toBeGreaterThan(silentMs);
    const request = { riderId: 'down-rider', pickup: HERE, dropoff: HERE };
    const { body } = await rest(`${url}/api/trips`, 'POST', service, request);
    const trip = async () => (await rest(`${url}/api/trips/${body.id}`, 'GET', service)).body;
    await expect.poll(trip).toMatchObject({ cancelled: { reason: 'no_driver' } });
    expect(pushes(driver, 'offer')).toEqual([]);
    driver.socket.disconnect();
  } finally {
    await system.stop();
  }
});
