import { expect, test } from 'vitest';
import { ask, connectStock, pushes } from '../fixtures/clients.js';
import { readinessOf } from '../fixtures/prometheus.js';
import { rest } from '../fixtures/rest.js';
import { startSystem } from '../fixtures/system.js';

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
