import { cellToBoundary } from 'h3-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { indexCell } from '#geo/cells';
import type { CellCount, PlacedVehicle } from '#protocol';
import { DispatchClient } from '#sdk';
import { ask, connectStock, pushes } from '../fixtures/clients.js';
import { eventually } from '../fixtures/eventually.js';
import { rest } from '../fixtures/rest.js';
import { type System, startSystem } from '../fixtures/system.js';

/** Three columns of five cars, eight kilometres apart: each in cells of its own. */
const COLUMNS = [-74.1, -74.0, -73.9];
const LATS = [40.7, 40.701, 40.702, 40.703, 40.704];
const MAX_IN_VIEW = 12;

let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { HEXFLEET_MAX_VEHICLES_IN_VIEW: String(MAX_IN_VIEW) } });
  for (const [x, lng] of COLUMNS.entries()) {
    for (const [y, lat] of LATS.entries()) {
      const token = await system.token('driver', `car-${x}-${y}`);
      const driver = await connectStock(system.gateways[0]!.url, '/driver', token);
      await ask(driver, 'status', y === 0 ? 'busy' : 'available');
      await ask(driver, 'fixes', [{ t: Date.now(), lat, lng }]);
      driver.socket.disconnect();
    }
  }
  await eventually(async () => (await fleet(`bbox=${view(0, 2)}&limit=100`)).body.vehicles.length === 15);
});
afterAll(() => system.stop());

const fleet = async (query: string, role: 'service' | 'rider' | 'driver' = 'service') =>
  rest(`${system.url}/api/fleet?${query}`, 'GET', await system.token(role, 'who'));

/** A box around some columns. */
const view = (first: number, last: number): [number, number, number, number] => [
  COLUMNS[first]! - 0.005,
  40.69,
  COLUMNS[last]! + 0.005,
  40.71,
];
const ids = (vehicles: Array<{ id: string }>) => vehicles.map(({ id }) => id).sort();
const column = (x: number) => LATS.map((_, y) => `car-${x}-${y}`);
const total = (counts: CellCount[]) =>
  counts.reduce((sum, { available, busy }) => [sum[0]! + available, sum[1]! + busy], [0, 0]);

test('a box or polygon query returns exact vehicles, or counts per cell above the requested limit', async () => {
  const box = await fleet(`bbox=${view(0, 0)}`);
  expect(ids(box.body.vehicles)).toEqual(column(0));
  const vehicle: PlacedVehicle = box.body.vehicles[0];
  expect(vehicle.cell).toBe(indexCell(vehicle));
  // A triangle that leaves out the two northern cars of the middle column.
  const triangle = '40.69,-74.02;40.69,-73.98;40.7028,-74.0';
  expect(ids((await fleet(`polygon=${triangle}`)).body.vehicles)).toEqual(column(1).slice(0, 3));
  const { body } = await fleet(`bbox=${view(0, 2)}&limit=14`);
  expect(body.vehicles).toEqual([]);
  expect(total(body.counts)).toEqual([12, 3]);
  for (const { cell } of body.counts) expect(cellToBoundary(cell).length).toBeGreaterThanOrEqual(5);
});

test.each([
  ['', 'BAD_AREA'],
  [`bbox=${[0, 0, 1, 1]}&polygon=0,0;0,1;1,1`, 'BAD_AREA'],
  ['bbox=1,2,3', 'BAD_BBOX'],
  ['bbox=a,b,c,d', 'BAD_BBOX'],
  ['polygon=0,0;0,1', 'BAD_POLYGON'],
  ['polygon=0,0;0,1;1', 'BAD_POLYGON'],
  ['polygon=0,0;0,1;91,1', 'BAD_POSITION'],
  ['bbox=-20,-20,20,20', 'AREA_TOO_LARGE'],
  ['bbox=0,0,1,1&limit=0', 'BAD_LIMIT'],
])('%s is refused with %s', async (query, code) => {
  expect(await fleet(query)).toMatchObject({ status: 400, body: { code, retry: false } });
});

test('riders and drivers cannot query the fleet', async () => {
  for (const role of ['rider', 'driver'] as const)
    expect(await fleet(`bbox=${view(0, 0)}`, role)).toMatchObject({
      status: 403,
      body: { code: 'WRONG_ROLE' },
    });
});

test('a moved viewport receives a delta', async () => {
  const token = await system.token('dispatcher', 'desk');
  const dispatcher = await connectStock(system.gateways[1]!.url, '/dispatch', token);
  const watch = (first: number, last: number, delta?: boolean) =>
    ask(dispatcher, 'fleet:watch', { bbox: view(first, last), zoom: 12, delta });
  const whole = await watch(0, 1);
  expect(ids(whole.vehicles)).toEqual([...column(0), ...column(1)]);
  expect(whole).toMatchObject({ removedCells: [], counts: null });
  const moved = await watch(1, 2, true);
  expect(ids(moved.vehicles), 'the middle is known').toEqual(column(2));
  expect(moved.removedCells).toContain(indexCell({ lat: LATS[0]!, lng: COLUMNS[0]! }));
  expect(moved.removedCells).not.toContain(indexCell({ lat: LATS[0]!, lng: COLUMNS[1]! }));
  expect(ids((await watch(1, 2)).vehicles)).toEqual([...column(1), ...column(2)]);
  dispatcher.socket.disconnect();
});

test('a viewport with more vehicles than a screen can show receives counts, and keeps receiving them', async () => {
  const token = await system.token('dispatcher', 'desk');
  const dispatcher = await connectStock(system.gateways[1]!.url, '/dispatch', token);
  const view3 = await ask(dispatcher, 'fleet:watch', { bbox: view(0, 2), zoom: 9 });
  expect(view3.vehicles).toEqual([]);
  expect(total(view3.counts!)).toEqual([12, 3]);
  await expect.poll(() => pushes(dispatcher, 'counts').length, { timeout: 15_000 }).toBeGreaterThan(0);
  expect(total(pushes(dispatcher, 'counts')[0]!.counts)).toEqual([12, 3]);
  expect(pushes(dispatcher, 'fleet')).toEqual([]);
  await ask(dispatcher, 'fleet:watch', { bbox: view(0, 0), zoom: 12 });
  dispatcher.socket.disconnect();
});

test('the SDK tracks a viewport through snapshots, deltas and counts', async () => {
  const client = new DispatchClient({ url: system.url, token: await system.token('dispatcher', 'desk') });
  await client.connect();
  const counts: CellCount[][] = [];
  client.on('counts', (some) => counts.push(some));
  const watch = (first: number, last: number) => client.watchFleet({ bbox: view(first, last), zoom: 12 });
  expect(ids(await watch(0, 0))).toEqual(column(0));
  // When requested at once, the responses build on each other.
  const [two, next] = await Promise.all([watch(0, 1), watch(1, 2)]);
  expect(ids(two)).toEqual([...column(0), ...column(1)]);
  expect(ids(next)).toEqual([...column(1), ...column(2)]);
  expect(await watch(0, 2)).toEqual([]);
  expect(total(counts[0]!)).toEqual([12, 3]);
  expect(ids(await watch(2, 2))).toEqual(column(2));
  client.close();
});
