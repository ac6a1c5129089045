import { between, type Random, seeded } from '#city';
import { destination, type Point } from '#geo';
import { coverCircle, indexCellsAround, NEARBY_RESOLUTION } from '#geo/cells';
import { cellRoom, driverRoom, type Fix, nearbyRoom, type Sampling, userRoom } from '#protocol';
import type { Room } from '#realtime';
import { groupBy } from '#store';
import { SamplingController } from '../../apps/processor/src/sampling/sampling-controller.js';
import { SyntheticCar } from './synthetic-car.js';

const CENTER = { lat: 40.75, lng: -73.95 };
const CITY_M = 30_000;
const DRIVERS = 10_000;
const TRIPS_SHARE = 0.05;
const RIDERS_SHARE = 0.01;
const RIDER_RADIUS_M = 800;
const SETTLING_S = 30;
const MEASURED_S = 120;
const PASSES_PER_S = 4;
const SILENT_MS = 30_000;
const START = 1_800_000_000_000;

const AUDIENCES = ['riders', 'riders, and a dispatch map of the whole city'] as const;
type Audience = (typeof AUDIENCES)[number];

/** Drivers with one update interval and their fixes per second, means over the measured time. */
type Row = { watchedBy: Audience; intervalMs: number; drivers: number; fixesPerS: number };

/**
 * Measures the fixes saved by adaptive sampling. The processor and SDK parts are the real code; cars, riders and a
 * network without delay are simulated.
 */
export const sampling = {
  options: {},
  usage: '',
  async run({ quick }: { quick: boolean }) {
    const drivers = quick ? DRIVERS / 10 : DRIVERS;
    const rows: Row[] = [];
    for (const audience of AUDIENCES) rows.push(...(await simulate(audience, drivers)));
    const total = totalOf(rows.filter(({ watchedBy }) => watchedBy === 'riders'));
    const checks = [
      { what: 'fixes, as a part of one a second of each driver', found: total / drivers, atMost: 0.25 },
    ];
    return { rows, table: `${setting(drivers)}\n\n${tableOf(rows, drivers)}`, checks };
  },
};

async function simulate(watchedBy: Audience, count: number): Promise<Row[]> {
  const random = seeded(7);
  const cars = Array.from(
    { length: count },
    (_, i) => new SyntheticCar(`car-${i}`, i < count * TRIPS_SHARE, somewhere(random), random),
  );
  const byRoom = new Map(cars.map((car) => [userRoom(car.id), car]));
  const occupied = occupiedBy(watchedBy, cars, random);
  const hub = {
    occupied: async <R extends Room>(rooms: R[]) => rooms.filter(occupied),
    emit: ({ room }: Room, _event: string, payload: object) => {
      const car = byRoom.get(room)!;
      take(car, car.become(payload as Sampling));
    },
  };
  const log = { read: async () => ({ driverIds: [], complete: true }) };
  const sampler = new SamplingController(hub, log, SILENT_MS);
  const drivers = new Map<number, number>();
  const fixes = new Map<number, number>();
  let now = START;
  const isMeasured = () => now >= START + SETTLING_S * 1_000;
  const take = (car: SyntheticCar, fix: Fix | null) => {
    if (fix === null) return;
    sampler.moved(car.record(fix), car.onTrip, now);
    if (isMeasured()) increment(fixes, car.sampling.intervalMs);
  };
  for (; now < START + (SETTLING_S + MEASURED_S) * 1_000; now += 1_000) {
    for (const car of cars) {
      take(car, car.step(now));
      if (isMeasured()) increment(drivers, car.sampling.intervalMs);
    }
    for (let pass = 0; pass < PASSES_PER_S; pass += 1) await sampler.runPass(now);
  }
  return [...drivers.keys()]
    .sort((a, b) => a - b)
    .map((intervalMs) => ({
      watchedBy,
      intervalMs,
      drivers: drivers.get(intervalMs)! / MEASURED_S,
      fixesPerS: (fixes.get(intervalMs) ?? 0) / MEASURED_S,
    }));
}

/** Each trip is followed by its rider; other riders watch the cars around them. */
function occupiedBy(watchedBy: Audience, cars: SyntheticCar[], random: Random): (room: Room) => boolean {
  const rooms = new Set(cars.filter(({ onTrip }) => onTrip).map(({ id }) => driverRoom(id)));
  for (let i = 0; i < cars.length * RIDERS_SHARE; i += 1)
    for (const cell of coverCircle(somewhere(random), RIDER_RADIUS_M, NEARBY_RESOLUTION))
      for (const room of [cellRoom(cell), ...indexCellsAround(cell).map(nearbyRoom)]) rooms.add(room);
  return ({ namespace, room }) => (namespace === '/rider' ? rooms.has(room) : watchedBy !== 'riders');
}

function somewhere(random: Random): Point {
  const offM = () => between(random, -CITY_M / 2, CITY_M / 2);
  return destination(destination(CENTER, 0, offM()), 90, offM());
}

const increment = (counts: Map<number, number>, key: number) => counts.set(key, (counts.get(key) ?? 0) + 1);

const totalOf = (rows: Row[]): number => rows.reduce((total, { fixesPerS }) => total + fixesPerS, 0);

const setting = (drivers: number): string =>
  `Simulated: ${drivers} drivers in ${CITY_M / 1_000} × ${CITY_M / 1_000} km, ${drivers * TRIPS_SHARE} of them on trips that are followed, ` +
  `${drivers * RIDERS_SHARE} riders who watch ${RIDER_RADIUS_M} m around them; devices read once a second for ${MEASURED_S} s. ` +
  'The network is a function call. The real code decides which intervals and fixes are sent.';

/** Formats the rows as Markdown. */
function tableOf(rows: Row[], drivers: number): string {
  const lines = [...groupBy(rows, ({ watchedBy }) => watchedBy)].flatMap(([watchedBy, paces]) => [
    ...paces.map((row) => [
      watchedBy,
      `${row.intervalMs / 1_000} s`,
      row.drivers.toFixed(0),
      row.fixesPerS.toFixed(0),
    ]),
    [watchedBy, 'all', drivers, totalOf(paces).toFixed(0)],
  ]);
  const head = ['watched by', 'pace', 'drivers', 'fixes/s (without steering: one per driver)'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
