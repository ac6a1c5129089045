import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DriverEvent } from '#store';
import { FIELD, packEvents, progressOf } from '../../libs/store/src/fix-stream.js';
import { keys } from '../../libs/store/src/keys.js';
import { readIndex } from '../chaos/index-watch.js';
import { metricsOf } from '../fixtures/prometheus.js';
import { type System, startSystem } from '../fixtures/system.js';

const SILENT_MS = 2_000;

let system: System;
beforeAll(async () => {
  system = await startSystem({ gateways: 1, env: { HEXFLEET_SILENT_MS: String(SILENT_MS) } });
});
afterAll(() => system.stop());

const fixOf = (driverId: string): DriverEvent => {
  const now = Date.now();
  return { driverId, receivedAt: now, fix: { t: now, lat: 40.75, lng: -73.99 } };
};
const append = (text: string) => system.redis.client.xadd(keys.fixes(0), '*', FIELD, text);
const placed = async (driverId: string) => (await readIndex(system.redis.client)).get(driverId);
const metric = async (name: string): Promise<number> => {
  const text = await metricsOf(system.processors[0]!.ready);
  return Number(new RegExp(`^${name}{.*} (\\d+)$`, 'm').exec(text)?.[1]);
};

test('a driver with corrupt data delays no one else, and the sweep continues', async () => {
  const { client } = system.redis;
  const names = ['good-1', 'poisoned', 'good-2', 'good-3'];
  // A hash in place of the driver pointer.
  await client.set(keys.driverPointer('poisoned'), 'no card');
  await append('no list');
  await append(packEvents(names.map(fixOf)));
  for (const name of ['good-1', 'good-2', 'good-3'])
    await expect.poll(async () => (await placed(name))?.records.length).toBe(1);
  expect(await placed('poisoned')).toBeUndefined();
  let aside = 2;
  await expect.poll(() => metric('hexfleet_events_quarantined_total')).toBe(aside);

  // For a silent driver, the sweeper reads the driver pointer.
  await client.set(keys.driverPointer('good-2'), 'no card');
  await expect
    .poll(async () => {
      await append(packEvents([fixOf('poisoned'), fixOf('good-3')]));
      aside += 1;
      return Promise.all(['good-1', 'good-2'].map(async (name) => (await placed(name))?.left.length));
    })
    .toEqual([1, 1]);
  expect((await placed('good-3'))?.records).toHaveLength(1);
  await expect.poll(() => metric('hexfleet_events_quarantined_total')).toBe(aside);
  await expect.poll(async () => (await progressOf(client, 0)).backlog).toBe(0);
  expect(await metric('hexfleet_store_errors_total')).toBe(0);
  const { output } = system.processors[0]!;
  await expect.poll(output).toContain('Quarantined 1 event(s) of driver poisoned: WRONGTYPE');
});
