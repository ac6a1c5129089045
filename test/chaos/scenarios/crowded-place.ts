import { setTimeout as sleep } from 'node:timers/promises';
import { between, type Random } from '#city';
import { destination } from '#geo';
import { type CarFrame, NEAREST_CARS, RIDER_INTERVAL_MS, type Car as SeenCar } from '#protocol';
import { Vehicles } from '#sdk';
import { CAR_INTERVAL_MS, CirclingCar } from '../../fixtures/circling-car.js';
import { ask, connectStock, type StockClient } from '../../fixtures/clients.js';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import type { System } from '../../fixtures/system.js';
import { quantileOf } from '../quantile.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { type AtEnd, withSystem } from '../with-system.js';

const PIN = { lat: 40.77, lng: -73.97 };
const DRIVERS = 3_000;
const RIDERS = 100;
const SPREAD_M = 1_500;
const RADIUS_M = 2_000;
/** Nearest cars of which none may be missing. Fewer than are sent: those at the edge may have stayed from before. */
const MUST_SEE = 8;
const TICK_MS = 1_000;

export const crowdedPlace: Scenario = {
  name: 'crowded-place',
  description: `${DRIVERS} available cars drive around one place, where ${RIDERS} riders see the nearest twelve`,
  run: (context) =>
    withSystem({ env: { HEXFLEET_TICK_MS: String(TICK_MS), HEXFLEET_SILENT_MS: '60000' } }, (system, atEnd) =>
      run(system, atEnd, context),
    ),
};

async function run(system: System, atEnd: AtEnd, { random, seconds, log }: Context): Promise<Verdict[]> {
  const drivers: CirclingCar[] = [];
  const riders: Watcher[] = [];
  atEnd(() => {
    for (const car of drivers) car.stop();
    for (const rider of riders) rider.close();
  });
  await mapConcurrently([...Array(DRIVERS).keys()], 25, async (i) => {
    const home = destination(PIN, between(random, 0, 360), SPREAD_M * Math.sqrt(random()));
    drivers.push(await CirclingCar.start(system, `car-${i}`, home, random));
  });
  await mapConcurrently([...Array(RIDERS).keys()], 10, async (i) => {
    riders.push(await Watcher.start(system, i, random));
  });
  await sleep(5_000);
  for (const rider of riders) rider.begin();
  const from = performance.now();
  let largest = 0;
  while (performance.now() - from < seconds * 1_000) {
    await sleep(500);
    largest = Math.max(largest, ...riders.map((rider) => rider.cars().size));
  }
  const tookS = (performance.now() - from) / 1_000;
  const bytesPerS = riders.map(({ bytes }) => bytes / tookS);
  const waits = riders.flatMap((rider) => rider.waits());
  for (const car of drivers) car.stop();
  await sleep(2 * RIDER_INTERVAL_MS + 3 * TICK_MS);
  const missing = await Promise.all(riders.map((rider, i) => rider.missing(system, i)));
  const answers = riders.map(({ answered }) => answered);
  log(
    `${Math.round(DRIVERS / (CAR_INTERVAL_MS / 1_000))} fixes a second; each answer had up to ${Math.max(...answers)} cars.`,
  );
  log(
    `A rider received ${Math.round(quantileOf(bytesPerS, 0.5))} bytes a second, at most ${Math.round(Math.max(...bytesPerS))}; ${Math.round(quantileOf(waits, 0.5))} ms passed between updates (p50).`,
  );
  return [
    atLeast('bytes a second for each rider', Math.round(Math.min(...bytesPerS)), 100),
    atMost('bytes a second for a rider', Math.round(Math.max(...bytesPerS)), 1_000),
    atMost('ms between updates of a rider p99', Math.round(quantileOf(waits, 0.99)), RIDER_INTERVAL_MS + 150),
    atMost('cars in an answer', Math.max(...answers), NEAREST_CARS),
    atMost('cars that a rider has after frames', largest, NEAREST_CARS),
    none(`of the ${MUST_SEE} nearest cars, those that a rider does not have`, Math.max(...missing)),
  ];
}

/** A rider with a pin that does not move. */
class Watcher {
  answered = 0;
  bytes = 0;
  readonly #vehicles = new Vehicles<SeenCar>();
  /** times of updates, each of which may have several frames */
  #updates: number[] = [];

  private constructor(
    private readonly client: StockClient,
    private readonly pin: { lat: number; lng: number },
  ) {
    client.socket.on('cars', (frame: CarFrame) => {
      this.#vehicles.apply(frame);
      const now = performance.now();
      if (now - (this.#updates.at(-1) ?? 0) > RIDER_INTERVAL_MS / 5) this.#updates.push(now);
      // Socket.IO adds the name of the event and of the namespace.
      this.bytes += JSON.stringify(['cars', frame]).length + 10;
    });
  }

  static async start(system: System, i: number, random: Random): Promise<Watcher> {
    const pin = destination(PIN, between(random, 0, 360), between(random, 0, 500));
    const rider = await connectStock(system.url, '/rider', await system.token('rider', `rider-${i}`));
    const watcher = new Watcher(rider, pin);
    const { cars } = await ask(rider, 'nearby:watch', { ...pin, radiusM: RADIUS_M });
    watcher.answered = cars.length;
    watcher.#vehicles.add(cars);
    return watcher;
  }

  /** Begins to count. */
  begin(): void {
    this.bytes = 0;
    this.#updates = [];
  }

  cars(): Vehicles<SeenCar> {
    return this.#vehicles;
  }

  /** Times between updates, ms. */
  waits(): number[] {
    return this.#updates.slice(1).map((at, i) => at - this.#updates[i]!);
  }

  /** Number of the nearest cars, as another session of the same rider gets them, that this one does not have there. */
  async missing(system: System, i: number): Promise<number> {
    const other = await connectStock(system.url, '/rider', await system.token('rider', `rider-${i}`));
    const { cars } = await ask(other, 'nearby:watch', { ...this.pin, radiusM: RADIUS_M });
    other.socket.disconnect();
    const seen = new Set(Array.from(this.#vehicles, placeName));
    return cars.slice(0, MUST_SEE).filter((car) => !seen.has(placeName(car))).length;
  }

  close(): void {
    this.client.socket.disconnect();
  }
}

const placeName = ({ lat, lng }: { lat: number; lng: number }): string => `${lat} ${lng}`;
