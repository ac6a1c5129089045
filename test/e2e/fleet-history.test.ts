import { expect } from 'vitest';
import type { Bbox, Fix } from '#protocol';
import { Api } from '#sdk';
import { ask, connectStock } from '../fixtures/clients.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const MINUTE = 60_000;
const NOW = Date.now();
/** About 840 m wide. */
const AREA: Bbox = [-93.99, 40.75, -93.98, 40.76];

let system: System;
let dispatcher: Api;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  dispatcher = new Api({ url: system.url, token: await system.token('dispatcher', 'desk') });
});

/** Fixes every ten seconds, going east at 10 m/s from a longitude and time. */
const eastward = (from: number, lng: number, count: number, lat = 40.755): Fix[] =>
  Array.from({ length: count }, (_, i) => ({ t: from + i * 10_000, lat, lng: lng + (i * 100) / 84_240 }));

async function drives(driverId: string, fixes: Fix[], status: 'available' | 'offline' = 'available') {
  const client = await connectStock(system.url, '/driver', await system.token('driver', driverId));
  expect(await ask(client, 'fixes', fixes)).toMatchObject({ ok: true, rejected: [] });
  await expect.poll(async () => (await dispatcher.track(driverId)).properties.fixes).toBe(fixes.length);
  if (status === 'offline') {
    expect(await ask(client, 'status', status)).toMatchObject({ ok: true });
    await expect.poll(async () => (await dispatcher.driver(driverId)).status).toBe('offline');
  }
  client.socket.disconnect();
}

test('returns the drivers who were in an area with their positions, including those who left or went offline, and no others', async () => {
  const from = NOW - 30 * MINUTE;
  await Promise.all([
    drives('passes', eastward(from, -93.995, 30)),
    drives('ended', eastward(from + 5 * MINUTE, -93.988, 5), 'offline'),
    drives('elsewhere', eastward(from, -93.99, 20, 40.77)),
    drives('later', eastward(NOW - 5 * MINUTE, -93.989, 5)),
  ]);
  const span = { from: from - MINUTE, to: NOW - 10 * MINUTE };
  const past = await dispatcher.fleetHistory(AREA, span);
  expect(past).toMatchObject({ ...span, truncated: false });
  expect(past.vehicles.map(({ driverId }) => driverId).sort()).toEqual(['ended', 'passes']);

  const passes = past.vehicles.find(({ driverId }) => driverId === 'passes')!;
  const { times, positions } = passes;
  expect(times).toHaveLength(positions.length);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  // It drives straight, so a few fixes describe it, with one before and one after.
  expect(positions.length).toBeLessThan(8);
  expect(positions[0]![0]).toBeLessThan(AREA[0]);
  expect(positions.at(-1)![0]).toBeGreaterThan(AREA[2]);
  positions.forEach(([lng, lat], i) => {
    expect(lat).toBe(40.755);
    expect(lng).toBeCloseTo(-93.995 + ((times[i]! - MINUTE) * 10) / 1_000 / 84_240, 4);
  });

  const all = await dispatcher.fleetHistory(AREA);
  expect(all.vehicles.map(({ driverId }) => driverId).sort()).toEqual(['ended', 'later', 'passes']);
});

test('refuses a query that is too large', async () => {
  const refused = (bbox: Bbox, span = {}) => dispatcher.fleetHistory(bbox, span).catch(({ code }) => code);
  expect(await refused(AREA, { from: NOW - 7 * 60 * MINUTE, to: NOW })).toBe('BAD_SPAN');
  expect(await refused(AREA, { from: NOW, to: NOW - 1 })).toBe('BAD_SPAN');
  expect(await refused([-100, 30, -80, 45])).toBe('AREA_TOO_LARGE');
  expect(await refused([1, 1, 0, 0])).toBe('BAD_BBOX');
});
