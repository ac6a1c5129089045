import { describe, expect } from 'vitest';
import type { Fix } from '#protocol';
import { Api, DriverClient } from '#sdk';
import { ask, connectStock, drive, pushes, type StockClient } from '../fixtures/clients.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
let service: Api;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  service = new Api({ url: system.url, token: await system.token('service', 'counted') });
});

const trackOf = async (driverId: string, fixes: Fix[]): Promise<number[]> => {
  const span = { from: fixes[0]!.t, to: fixes.at(-1)!.t };
  return [...new Set((await service.track(driverId, span)).properties.times)];
};

describe.each(['websocket', 'polling'])('over %s', (transport) => {
  async function connect(driverId: string, acks?: string): Promise<StockClient> {
    const token = await system.token('driver', driverId);
    const client = await connectStock(system.gateways[0]!.url, '/driver', token, {
      transports: [transport],
      ...(acks !== undefined && { acks }),
    });
    return client;
  }
  const newest = (client: StockClient) => pushes(client, 'acked').at(-1)?.number;

  test('a client that asks for counted acks gets one for all batches up to a number', async () => {
    const client = await connect(`counted-${transport}`, 'counted');
    expect(client.hello.acks).toBe('counted');
    const fixes = drive(20);
    for (const [i, fix] of fixes.entries()) client.socket.emit('fixes', [fix], i + 1, 1);
    expect(await ask(client, 'fixes:count', {})).toEqual({ ok: true, number: 20 });
    await expect.poll(() => trackOf(`counted-${transport}`, fixes)).toEqual(fixes.map(({ t }) => t));
    client.socket.emit('fixes', drive(1), 21, 1);
    await expect.poll(() => newest(client)).toBe(21);
    expect(await ask(client, 'fixes', drive(1))).toMatchObject({ ok: true, accepted: 1 });
    client.socket.disconnect();
  });

  test('rejected fixes are in the ack of their batch, and a refused batch ends the run', async () => {
    const client = await connect(`counted-bad-${transport}`, 'counted');
    client.socket.emit('fixes', [...drive(1), { t: Date.now(), lat: 99, lng: 0 }], 1, 1);
    await expect
      .poll(() => pushes(client, 'acked'))
      .toMatchObject([{ number: 1, rejected: [{ index: 1, code: 'BAD_POSITION' }] }]);
    client.socket.emit('fixes', [], 2, 1);
    client.socket.emit('fixes', drive(1), 3, 1);
    await expect
      .poll(() => pushes(client, 'refused'))
      .toMatchObject([{ event: 'fixes', code: 'BAD_BATCH', retry: false, number: 2 }]);
    client.socket.emit('fixes', drive(1), 4, 4);
    await expect.poll(() => newest(client)).toBe(4);
    // The second one was refused by a limit before it was counted.
    client.socket.emit('fixes', drive(1), 6, 4);
    await expect
      .poll(() => pushes(client, 'refused').at(-1))
      .toMatchObject({ code: 'UNAVAILABLE', retry: true, number: 5 });
    expect(await ask(client, 'fixes:count', {})).toEqual({ ok: true, number: 4 });
    client.socket.disconnect();
  });

  test('a client that does not ask for them gets none', async () => {
    const client = await connect(`counted-stock-${transport}`);
    expect(client.hello).not.toHaveProperty('acks');
    const odd = await connect(`counted-odd-${transport}`, 'all');
    expect(odd.hello).not.toHaveProperty('acks');
    client.socket.emit('fixes', drive(1), 1, 1);
    client.socket.emit('fixes', [], 2, 1);
    await expect.poll(() => pushes(client, 'refused')).toMatchObject([{ code: 'BAD_BATCH' }]);
    expect(pushes(client, 'refused')[0]).not.toHaveProperty('number');
    expect(await ask(client, 'fixes:count', {})).toEqual({ ok: true, number: 0 });
    expect(pushes(client, 'acked')).toEqual([]);
    for (const { socket } of [client, odd]) socket.disconnect();
  });

  test('the sdk sends fixes without waiting, and has all of them acked when it is drained', async () => {
    const driverId = `counted-sdk-${transport}`;
    const driver = new DriverClient({
      url: system.url,
      token: await system.token('driver', driverId),
      transports: [transport as 'websocket'],
    });
    const rejected: number[] = [];
    driver.on('rejected', ({ fix }) => rejected.push(fix.t));
    await driver.connect();
    const fixes = drive(120);
    for (const [i, fix] of fixes.entries()) {
      driver.push(i === 60 ? { ...fix, lat: 99 } : fix);
      if (i % 10 === 0) await driver.drained();
    }
    await driver.drained();
    expect(driver.waiting).toBe(0);
    const [bad] = fixes.splice(60, 1);
    expect(rejected).toEqual([bad!.t]);
    await expect.poll(() => trackOf(driverId, fixes)).toEqual(fixes.map(({ t }) => t));
    driver.close();
  });
});
