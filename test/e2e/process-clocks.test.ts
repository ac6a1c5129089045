import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, connectStock, drive, pushes, type StockClient } from '../fixtures/clients.js';
import { hasFaketime, wrongClock } from '../fixtures/faketime.js';
import { metricOf, readinessOf } from '../fixtures/prometheus.js';
import { rest } from '../fixtures/rest.js';
import { type Service, type System, startSystem } from '../fixtures/system.js';

const OFF_S = 30;
const PLACE = { lat: 40.75, lng: -73.99 };

describe.skipIf(!hasFaketime)('a gateway and a processor whose clocks are half a minute wrong', () => {
  let system: System;
  let gateway: Service;
  let driver: StockClient;
  let rider: StockClient;
  beforeAll(async () => {
    system = await startSystem({ gateways: 1, processors: 0, env: { HEXFLEET_SILENT_MS: '5000' } });
    await system.startProcessor('processor-1', wrongClock(OFF_S));
    gateway = await system.startGateway('gateway-9', wrongClock(-OFF_S));
    const tripId = await createTrip();
    driver = await connectStock(system.url, '/driver', await system.token('driver', 'd', '1 minute'));
    rider = await connectStock(gateway.ready.url, '/rider', await system.token('rider', 'r', '20 s'));
    await ask(driver, 'fixes', drive(1, PLACE));
    expect(await ask(rider, 'trip:watch', { tripId })).toMatchObject({ ok: true });
  });
  afterAll(async () => {
    for (const { socket } of [driver, rider]) socket.disconnect();
    await system.stop();
  });

  async function createTrip(): Promise<string> {
    const body = { driverId: 'd', riderId: 'r', pickup: PLACE, dropoff: PLACE };
    const token = await system.token('service', 's');
    return (await rest(`${system.url}/api/trips`, 'POST', token, body)).body.id;
  }

  test('say so in their readiness and metrics', async () => {
    const { status, body } = await readinessOf(gateway.ready);
    expect(status).toBe(200);
    const { warnings } = body as { warnings: { clock: string } };
    expect(warnings.clock).toMatch(/is -\d+ ms ahead of Redis/);
    const at = { gateways: [gateway.ready] };
    expect(Math.round(await metricOf(at, 'hexfleet_clock_offset_seconds'))).toBe(-OFF_S);
    expect(gateway.output()).toContain('ahead of Redis');
  });

  test('notify nobody falsely, and pass on every position', async () => {
    const { hello } = rider;
    expect(Math.abs(hello.now - Date.now())).toBeLessThan(2_000);
    const sent: number[] = [];
    // Longer than the time after which a silent driver is swept.
    for (let i = 0; i < 14; i += 1) {
      const [fix] = drive(1, PLACE);
      sent.push(fix!.t);
      expect(await ask(driver, 'fixes', [fix!])).toMatchObject({ ok: true, accepted: 1 });
      await expect.poll(() => Date.now() - fix!.t).toBeGreaterThan(500);
    }
    await expect.poll(() => pushes(rider, 'position').at(-1)?.t).toBe(sent.at(-1));
    const times = pushes(rider, 'position').map(({ t }) => t);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(pushes(rider, 'gone')).toEqual([]);
    expect(pushes(rider, 'presence')).toEqual([]);
    expect(rider.socket.connected).toBe(true);
  });

  test('accept a token until it expires, and not after', async () => {
    const token = await system.token('rider', 'other', '2 s');
    const other = await connectStock(gateway.ready.url, '/rider', token);
    await expect.poll(() => other.socket.connected).toBe(false);
    await expect(connectStock(gateway.ready.url, '/rider', token)).rejects.toMatchObject({
      data: { code: 'TOKEN_EXPIRED' },
    });
  });
});
