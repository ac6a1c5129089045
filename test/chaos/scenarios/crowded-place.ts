import { setTimeout as sleep } from 'node:timers/promises';
import { between, type Random } from '#city';
import { destination, distanceM } from '#geo';
import type { Fix, Frame, Vehicle } from '#protocol';
import { Vehicles } from '#sdk';
import { ask, connectStock, type StockClient } from '../../fixtures/clients.js';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import { type System, startSystem } from '../../fixtures/system.js';
import { quantileOf } from '../quantile.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';

const PIN = { lat: 40.77, lng: -73.97 };
const DRIVERS = 3_000;
const RIDERS = 100;
const SPREAD_M = 1_500;
const RADIUS_M = 2_000;
/** As often as a driver near a watching rider reports. */
const FIX_INTERVAL_MS = 5_000;
const MAX_CARS = 100;
/** Nearest cars of which none may be missing. Fewer than are sent: one may overtake another while a frame is on its way. */
const MUST_SEE = 70;
const TICK_MS = 1_000;

export const crowdedPlace: Scenario = {
  name: 'crowded-place',
  description: `${DRIVERS} available cars drive around one place, where ${RIDERS} riders look for one`,
  run,
};

async function run({ random, seconds, log }: Context): Promise<Verdict[]> {
  const system = await startSystem({
    env: { HEXFLEET_TICK_MS: String(TICK_MS), HEXFLEET_SILENT_MS: '60000' },
  });
  const drivers: Car[] = [];
  const riders: Watcher[] = [];
  try {
    await mapConcurrently([...Array(DRIVERS).keys()], 25, async (i) => {
      drivers.push(await Car.start(system, i, random));
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
    const lateness = riders.flatMap((rider) => rider.lateness());
    for (const car of drivers) car.stop();
    await sleep(3 * TICK_MS);
    const missing = riders.map((rider) => rider.missing(drivers));
    const answers = riders.map(({ answered }) => answered);
    log(
      `${Math.round(DRIVERS / (FIX_INTERVAL_MS / 1_000))} fixes a second; each answer had up to ${Math.max(...answers)} cars.`,
    );
    log(
      `A rider received ${Math.round(quantileOf(bytesPerS, 0.5))} bytes a second, at most ${Math.round(Math.max(...bytesPerS))}; ticks were ${Math.round(quantileOf(lateness, 0.5))} ms late (p50).`,
    );
    return [
      atLeast('bytes a second for each rider', Math.round(Math.min(...bytesPerS)), 100),
      atMost('bytes a second for a rider', Math.round(Math.max(...bytesPerS)), 10_000),
      atMost('tick lateness p99, ms', Math.round(quantileOf(lateness, 0.99)), 100),
      atMost('cars in an answer', Math.max(...answers), MAX_CARS),
      atMost('cars that a rider has after frames', largest, MAX_CARS),
      none(`of the ${MUST_SEE} nearest cars, those that a rider does not have`, Math.max(...missing)),
    ];
  } finally {
    for (const car of drivers) car.stop();
    for (const rider of riders) rider.close();
    await system.stop();
  }
}

/** A driver without a connection of its own, so that the machine is busy with the service. */
class Car {
  /** the last fix that the service accepted */
  place: Fix | null = null;
  #timer: NodeJS.Timeout | null = null;

  static async start(system: System, i: number, random: Random): Promise<Car> {
    const car = new Car();
    const home = destination(PIN, between(random, 0, 360), SPREAD_M * Math.sqrt(random()));
    const speedMps = between(random, 3, 8);
    const phase = between(random, 0, 360);
    const token = await system.token('driver', `car-${i}`);
    // In circles around its home, so that the crowd stays as dense as it is.
    const placeAt = (t: number) => destination(home, (phase + (t / 1_000) * (speedMps / 0.5)) % 360, 30);
    const send = async () => {
      const t = Date.now();
      const fix = { t, ...placeAt(t) };
      const response = await fetch(`${system.url}/api/fixes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify([fix]),
      }).catch(() => null);
      if (response?.ok) car.place = fix;
      await response?.arrayBuffer().catch(() => {});
    };
    await send();
    car.#timer = setTimeout(() => {
      car.#timer = setInterval(send, FIX_INTERVAL_MS);
    }, random() * FIX_INTERVAL_MS);
    return car;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

/** A rider with a pin that does not move. */
class Watcher {
  answered = 0;
  bytes = 0;
  readonly #vehicles = new Vehicles();
  #offsets: number[] = [];

  private constructor(
    private readonly client: StockClient,
    private readonly pin: { lat: number; lng: number },
  ) {
    client.socket.on('cars', (frame: Frame) => {
      this.#vehicles.apply(frame);
      this.#offsets.push(Date.now() - frame.tick * TICK_MS);
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
    this.#offsets = [];
  }

  cars(): Vehicles {
    return this.#vehicles;
  }

  /** Lateness of each frame compared with the most punctual one, ms: a tick has its phase. */
  lateness(): number[] {
    const punctual = Math.min(...this.#offsets);
    return this.#offsets.map((offset) => offset - punctual);
  }

  /** Number of the nearest cars, by their own account, that this rider does not have at that place. */
  missing(drivers: Car[]): number {
    const seen = new Set([...this.#vehicles].map(({ lat, lng }: Vehicle) => placeName({ lat, lng })));
    return drivers
      .flatMap(({ place }) => (place === null ? [] : [place]))
      .sort((a, b) => distanceM(this.pin, a) - distanceM(this.pin, b))
      .slice(0, MUST_SEE)
      .filter((place) => !seen.has(placeName(place))).length;
  }

  close(): void {
    this.client.socket.disconnect();
  }
}

const placeName = ({ lat, lng }: { lat: number; lng: number }): string =>
  `${lat.toFixed(5)} ${lng.toFixed(5)}`;
