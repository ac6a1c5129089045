import { setTimeout as sleep } from 'node:timers/promises';
import { destination, type Point } from '#geo';
import { coverCircle, NEARBY_RESOLUTION } from '#geo/cells';
import { driveUpTo } from '../../fixtures/clients.js';
import { metricsOf } from '../../fixtures/prometheus.js';
import { rest } from '../../fixtures/rest.js';
import { startSystem } from '../../fixtures/system.js';
import { cpuMs } from '../cpu.js';
import { RawClient } from '../engine-io.js';

export type GatewayLoad = {
  gateways: number;
  /** drivers on a trip, each followed by its rider at another gateway */
  followed: number;
  /** riders who watch the cars around them */
  watching: number;
  /** places at which these riders are in turn, so far apart that they share no cells */
  places: number;
  /** available drivers, each at a place of its own, from the first one on */
  available: number;
  fixesPerS: number;
  measureMs: number;
};

export type GatewayCost = {
  /** messages that a gateway receives from Redis a second: mean and maximum over the gateways */
  messagesPerS: { mean: number; most: number };
  /** CPU of all gateways for a second, ms */
  cpuMsPerS: number;
  /** cells that riders watch */
  cells: number;
};

const RADIUS_M = 300;
/** Distance between places: more than twice the radius and a cell. */
const APART_M = 3_000;
const PLACES_IN_A_ROW = 24;
/** A car drives this far to and fro, in steps, m. */
const STEP_M = 10;
const STEPS = 60;

const CITY = { south: 40.7, west: -74.02, size: 0.12 };
const place = (i: number) => ({
  lat: CITY.south + ((i * 0.618034) % 1) * CITY.size,
  lng: CITY.west + ((i * 0.414214) % 1) * CITY.size,
});

/** A place of the riders, on a grid west of the followed drivers. */
function placeOf(i: number): Point {
  const south = destination({ lat: 40.5, lng: -75.2 }, 90, (i % PLACES_IN_A_ROW) * APART_M);
  return destination(south, 0, Math.floor(i / PLACES_IN_A_ROW) * APART_M);
}

/** Position of a car after its nth report: it drives to and fro through its home. */
function carAt(home: Point, n: number): Point {
  const step = n % (2 * STEPS);
  const from = Math.min(step, 2 * STEPS - step) - STEPS / 2;
  return destination(home, 0, from * STEP_M);
}

/** Measures what gateways receive from Redis, and use, for followed drivers and watched cells. */
export async function gatewayCost(load: GatewayLoad): Promise<GatewayCost> {
  const { gateways, followed, watching, places, available, fixesPerS, measureMs } = load;
  const system = await startSystem({ gateways, env: { HEXFLEET_TICK_MS: '1000' } });
  const clients: RawClient[] = [];
  const urlOf = (i: number) => system.gateways[i % gateways]!.url;
  const open = async (role: 'driver' | 'rider', id: string, i: number) => {
    const client = await RawClient.connect(urlOf(i), `/${role}`, await system.token(role, id), () => {});
    clients.push(client);
    return client;
  };
  const ask = (client: RawClient, event: string, payload: unknown) =>
    new Promise<string>((resolve) => client.request(event, JSON.stringify(payload), resolve));
  try {
    const service = await system.token('service', 'growth');
    const cars: Array<{ client: RawClient; home: Point }> = [];
    for (let i = 0; i < followed; i += 1) {
      const driverId = `followed-${i}`;
      cars.push({ client: await open('driver', driverId, i), home: place(i) });
      const trip = { riderId: `follower-${i}`, driverId, pickup: place(i), dropoff: place(i + 1) };
      const { body } = await rest(`${urlOf(0)}/api/trips`, 'POST', service, trip);
      await ask(await open('rider', `follower-${i}`, i + 1), 'trip:watch', { tripId: body.id });
    }
    for (let i = 0; i < available; i += 1) {
      const car = { client: await open('driver', `available-${i}`, i), home: placeOf(i) };
      cars.push(car);
      // Riders see a car only after it has driven for a while.
      await ask(car.client, 'fixes', driveUpTo(carAt(car.home, 0)));
    }
    const cells = new Set<string>();
    for (let i = 0; i < watching; i += 1) {
      const at = placeOf(i % places);
      for (const cell of coverCircle(at, RADIUS_M, NEARBY_RESOLUTION)) cells.add(cell);
      await ask(await open('rider', `watching-${i}`, i), 'nearby:watch', { ...at, radiusM: RADIUS_M });
    }
    const received = () => Promise.all(system.gateways.map(receivedBy));
    const cpu = () => system.gateways.reduce((sum, { pid }) => sum + cpuMs(pid), 0);
    let before = { messages: await received(), cpu: cpu() };
    const startedAt = performance.now();
    let from = startedAt;
    for (let n = 0, isMeasuring = false; performance.now() - from < measureMs; ) {
      const elapsedMs = performance.now() - startedAt;
      for (; n < (elapsedMs * fixesPerS) / 1_000; n += 1) {
        const { client, home } = cars[n % cars.length]!;
        const fix = { t: Date.now(), ...carAt(home, Math.floor(n / cars.length)) };
        client.request('fixes', JSON.stringify([fix]), () => {});
      }
      await sleep(2);
      if (isMeasuring || elapsedMs < 2_000) continue;
      isMeasuring = true;
      before = { messages: await received(), cpu: cpu() };
      from = performance.now();
    }
    const seconds = (performance.now() - from) / 1_000;
    const usedMs = cpu() - before.cpu;
    const perS = (await received()).map(({ all }, i) => (all - before.messages[i]!.all) / seconds);
    return {
      messagesPerS: {
        mean: perS.reduce((sum, each) => sum + each, 0) / gateways,
        most: Math.max(...perS),
      },
      cpuMsPerS: usedMs / seconds,
      cells: cells.size,
    };
  } finally {
    for (const client of clients) client.close();
    await system.stop();
  }
}

const ROOM_MESSAGES = /^hexfleet_room_messages_received_total\{[^}]*\} (\d+)/gm;

/** Messages of all rooms that a gateway has received from Redis so far. */
async function receivedBy(gateway: { metricsUrl: string }): Promise<{ all: number }> {
  const text = await metricsOf(gateway);
  let all = 0;
  for (const [, count] of text.matchAll(ROOM_MESSAGES)) all += Number(count);
  return { all };
}
