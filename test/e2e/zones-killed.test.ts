import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { middleOf } from '#geo/cells';
import type { LngLat, Trip } from '#protocol';
import { Api, type DispatchClient, type DriverClient, type ZoneEditor, ZonesApi } from '#sdk';
import { type RunningGateway, runningGateways } from '../fixtures/gateways.js';
import { Apps } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import { type System, startSystem } from '../fixtures/system.js';
import { SQUARE } from '../fixtures/zone-clients.js';
import { regionOf, ringAround } from '../fixtures/zones.js';

/** Long between two polls: a user may not read a queue all the time. */
const PATIENT = { timeout: 30_000, interval: 300 };
const kill = ({ pid }: RunningGateway) => process.kill(pid, 'SIGKILL');

let system: System;
let apps: Apps;
let service: ZonesApi;
beforeAll(async () => {
  // No offer expires by itself, however slow the machine.
  system = await startSystem({ env: { HEXFLEET_OFFER_MS: '600000' } });
  apps = new Apps(system);
  service = new ZonesApi(new Api({ url: system.url, token: await system.token('service', 'zones-killed') }));
});
afterEach(() => apps.closeAll());
afterAll(() => system.stop());

const edit = (client: DispatchClient, region: string, id: string): Promise<ZoneEditor> =>
  client.editZones(region, { user: { id, name: id, colour: '#336699' } });

test('no edit is lost while both gateways are killed and Redis is killed and starts again', async () => {
  const region = regionOf(0, 100);
  const users = ['ann', 'ben', 'eve'];
  const clients = await Promise.all(users.map((user) => apps.dispatch(user)));
  const editors = await Promise.all(clients.map((client, i) => edit(client, region, users[i]!)));
  const [ann] = editors as [ZoneEditor];
  await expect.poll(() => editors.every(({ state }) => state.isLoaded), PATIENT).toBe(true);
  const shared = ann.add({ name: 'Shared', kind: 'no_go', polygons: [[SQUARE]] });
  await expect.poll(() => editors.every((editor) => editor.zone(shared) !== undefined), PATIENT).toBe(true);

  // Each moves a corner of its own in the shared zone, and adds zones of its own.
  const ring = SQUARE.slice();
  const added: string[] = [];
  let edits = 0;
  const editAll = () => {
    edits += 1;
    for (const [vertex, editor] of editors.entries()) {
      const [lng, lat] = SQUARE[vertex]!;
      ring[vertex] = [lng, lat + edits / 10_000];
      editor.moveVertex(shared, { polygon: 0, ring: 0, vertex }, ring[vertex]!);
      if (edits % 10 === 0)
        added.push(
          editor.add({ name: `Zone ${edits} of ${users[vertex]}`, kind: 'surge', polygons: [[SQUARE]] }),
        );
    }
  };
  const typing = setInterval(editAll, 40);
  const nextSaved = async () => {
    const before = ann.state.number;
    await expect.poll(() => ann.state.number, PATIENT).toBeGreaterThan(before + 5);
  };
  try {
    for (const i of [0, 1]) {
      await nextSaved();
      kill((await runningGateways(system))[i]!);
    }
    await nextSaved();
    await system.redis.kill();
    const unsaved = edits;
    await expect.poll(() => edits, PATIENT).toBeGreaterThan(unsaved + 10);
    await system.redis.restart();
    await nextSaved();
  } finally {
    clearInterval(typing);
  }

  await expect.poll(() => editors.every(({ state }) => state.isSaved), PATIENT).toBe(true);
  const late = await edit(await apps.dispatch('late'), region, 'late');
  const expected = [shared, ...added].sort();
  for (const editor of [...editors, late]) {
    await expect.poll(() => editor.zone(shared)?.polygons, PATIENT).toEqual([[ring]]);
    await expect.poll(() => editor.zones.map(({ id }) => id), PATIENT).toEqual(expected);
  }
  for (const editor of [...editors, late]) await editor.close();
}, 120_000);

test('a queue is exact while the gateways are killed that handle its offers', async () => {
  const region = regionOf(1, 100);
  const place = middleOf(region);
  const feature = {
    type: 'Feature',
    id: 'stand',
    properties: { name: 'Stand', kind: 'queue' },
    geometry: { type: 'Polygon', coordinates: [closed(ringAround(place, 500, 12))] },
  };
  await service.import(region, feature);
  const { number, replaces } = await service.compare(region);
  await service.publish(region, { comment: 'Stand', number: number!, replaces });
  const drivers: DriverClient[] = [];
  const waiting = async () => {
    // Phones go on reporting where they are.
    for (const driver of drivers) driver.push({ t: Date.now(), ...place });
    // The gateway may just have been killed, or not know the zone yet.
    const queue = await service.queue(region, 'stand').catch((error: Error) => error);
    return queue instanceof Error ? queue.message : queue.drivers.map(({ driverId }) => driverId);
  };
  let line: string[] = [];
  for (const driverId of ['zk-1', 'zk-2', 'zk-3']) {
    drivers.push(await apps.driverAt(driverId, place));
    line.push(driverId);
    await expect.poll(waiting, PATIENT).toEqual(line);
  }

  const call = async (
    url: string,
    role: 'driver' | 'rider' | 'dispatcher',
    sub: string,
    method: string,
    path: string,
    body?: unknown,
  ) => rest(`${url}/api/trips${path}`, method, await system.token(role, sub), body);
  const offered = async (riderId: string) => {
    const { body } = await call(system.url, 'dispatcher', 'zk-d', 'GET', '');
    return (body.trips as Trip[]).find((trip) => trip.riderId === riderId)?.offer?.driverId ?? null;
  };
  /** Sends a change to a gateway that is killed meanwhile, and again to another one, as an app does. */
  const changeAtDying = async (
    node: number,
    role: 'driver' | 'rider',
    sub: string,
    id: string,
    state: string,
  ) => {
    const dying = (await runningGateways(system))[node]!;
    const answer = call(dying.url, role, sub, 'PATCH', `/${id}`, { state }).catch(() => null);
    kill(dying);
    await answer;
    await expect
      .poll(() => call(system.url, role, sub, 'PATCH', `/${id}`, { state }).catch(() => null), PATIENT)
      .toMatchObject({ status: expect.any(Number) });
  };
  for (let round = 0; round < 4; round += 1) {
    const rider = `zk-rider-${round}`;
    const [first, second] = line as [string, string];
    const { body: trip } = await call(system.url, 'rider', rider, 'POST', '', {
      pickup: place,
      dropoff: place,
    });
    await expect.poll(() => offered(rider), PATIENT).toBe(first);
    await changeAtDying(round % 2, 'driver', first, trip.id, 'requested');
    line = [...line.slice(1), first];
    await expect.poll(() => offered(rider), PATIENT).toBe(second);
    await expect.poll(waiting, PATIENT).toEqual(line);
    await changeAtDying((round + 1) % 2, 'driver', second, trip.id, 'accepted');
    await expect.poll(waiting, PATIENT).toEqual(line.slice(1));
    // The rider cancels: the driver has its place again.
    await changeAtDying(round % 2, 'rider', rider, trip.id, 'cancelled');
    await expect.poll(waiting, PATIENT).toEqual(line);
  }
}, 180_000);

const closed = (ring: LngLat[]): LngLat[] => [...ring, ring[0]!];
