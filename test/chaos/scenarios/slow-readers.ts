import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { between, type Random } from '#city';
import { destination } from '#geo';
import type { FleetWatch } from '#protocol';
import { ask, connectStock } from '../../fixtures/clients.js';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import { connectPacket } from '../../fixtures/polling.js';
import { metricOf } from '../../fixtures/prometheus.js';
import { rest } from '../../fixtures/rest.js';
import type { System } from '../../fixtures/system.js';
import { type Bystanders, memoryOf, NOTICEABLE_MS, startBystanders } from '../bystanders.js';
import { quantileOf } from '../quantile.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { withSystem } from '../with-system.js';

const PIN = { lat: 40.77, lng: -73.97 };
/** Around the pin, with all cars. */
const VIEWPORT = { bbox: [-74, 40.75, -73.94, 40.79], zoom: 13 } satisfies FleetWatch;
/** In each answer to a dispatcher, about 80 KB. */
const CARS = 500;
const SLOW_READERS = 20;
/** The kernel takes several megabytes for each before anything waits in the service. */
const ATTACK_S = 60;
const REQUEST_INTERVAL_MS = 50;
/** Riders that send as many requests as they may, and read the answers. */
const BUSY_READERS = 5;

export const slowReaders: Scenario = {
  name: 'slow-readers',
  description: `${SLOW_READERS} dispatchers request the vehicles of a viewport as fast as they can and never read an answer`,
  run: (context) => withCars(context, run),
};

export const busyReaders: Scenario = {
  name: 'busy-readers',
  description: `${BUSY_READERS} riders send 100 requests a second each and read the answers`,
  run: (context) => withCars(context, runBusy),
};

type Work = (system: System, others: Bystanders, context: Context) => Promise<Verdict[]>;

/** Runs work with cars around the pin, and with drivers that must not notice anything. */
const withCars = (context: Context, work: Work): Promise<Verdict[]> =>
  withSystem({ env: { HEXFLEET_SILENT_MS: '600000' } }, async (system, atEnd) => {
    await mapConcurrently([...Array(CARS).keys()], 25, (i) => parkCar(system, `car-${i}`, context.random));
    const others = await startBystanders(system);
    atEnd(others.stop);
    return work(system, others, context);
  });

async function runBusy(system: System, others: Bystanders, { seconds, log }: Context): Promise<Verdict[]> {
  await readInstead(system, 0);
  others.takeDelays();
  await sleep(seconds * 500);
  const quietMs = quantileOf(others.takeDelays(), 0.99);
  const counts = { ok: 0, refused: 0, silent: 0, slowestMs: 0 };
  const riders = await Promise.all(
    Array.from({ length: BUSY_READERS }, async (_, i) =>
      connectStock(system.url, '/rider', await system.token('rider', `busy-${i}`)),
    ),
  );
  const asking: Promise<void>[] = [];
  const request = async (rider: (typeof riders)[number]) => {
    const since = performance.now();
    const answer = await ask(rider, 'nearby:watch', { ...PIN, radiusM: 5_000 }).catch(() => null);
    if (answer === null) counts.silent += 1;
    else if (answer.ok) counts.ok += 1;
    else counts.refused += 1;
    counts.slowestMs = Math.max(counts.slowestMs, Math.round(performance.now() - since));
  };
  const timer = setInterval(() => asking.push(...riders.map(request)), 10);
  await sleep(seconds * 500);
  clearInterval(timer);
  const busyMs = quantileOf(others.takeDelays(), 0.99);
  await Promise.all(asking);
  for (const { socket } of riders) socket.disconnect();
  log(
    `${asking.length} requests: ${counts.ok} answered, ${counts.refused} refused, the slowest after ${counts.slowestMs} ms.`,
  );
  log(`Acks of the other drivers: p99 ${Math.round(quietMs)} ms before, ${Math.round(busyMs)} ms meanwhile.`);
  return [
    atMost('ack p99 of the others, ms', Math.round(busyMs), Math.round(2 * Math.max(NOTICEABLE_MS, quietMs))),
    none('fixes of the others that were refused or not answered', others.failed()),
    none('requests that were neither answered nor refused', counts.silent),
    atLeast('requests answered', counts.ok, BUSY_READERS),
    atMost('ms until the slowest was answered or refused', counts.slowestMs, 5_000),
  ];
}

async function run(system: System, others: Bystanders, { seconds, log }: Context): Promise<Verdict[]> {
  await sleep(seconds * 300);
  const quietMs = quantileOf(others.takeDelays(), 0.99);
  // As many dispatchers who read their answers: what waits is the only difference afterwards.
  await Promise.all([...Array(SLOW_READERS).keys()].map((i) => readInstead(system, i)));
  const memoryBefore = await memoryOf(system);
  others.takeDelays();

  const attackers = await Promise.all(
    Array.from({ length: SLOW_READERS }, async (_, i) =>
      SlowReader.start(system.url, await system.token('dispatcher', `slow-${i}`)),
    ),
  );
  let peak = 0;
  const until = Date.now() + Math.max(ATTACK_S, seconds) * 1_000;
  while (Date.now() < until) {
    await sleep(200);
    peak = Math.max(peak, await memoryOf(system));
  }
  const attackedMs = quantileOf(others.takeDelays(), 0.99);
  const ended = await metricOf(system, 'hexfleet_slow_readers_total');
  for (const attacker of attackers) attacker.stop();
  const requests = attackers.reduce((sum, { sent }) => sum + sent, 0);
  const lost = others.failed();
  const grownMb = Math.round((peak - memoryBefore) / 1_024);
  log(`${requests} requests were not read; the service disconnected ${ended} connections.`);
  log(`Acks of the other drivers: p99 ${quietMs} ms before, ${attackedMs} ms meanwhile.`);
  log(
    `Memory of both gateways: ${Math.round(memoryBefore / 1_024)} MB before, ${grownMb} MB more at the peak.`,
  );
  return [
    atLeast('slow readers disconnected', ended, SLOW_READERS),
    atMost('MB that both gateways grew by', grownMb, 100),
    atMost('ack p99 of the others, ms', attackedMs, 2 * Math.max(NOTICEABLE_MS, quietMs)),
    none('fixes of the others that were refused or not answered', lost),
  ];
}

async function readInstead(system: System, i: number): Promise<void> {
  const token = await system.token('dispatcher', `reads-${i}`);
  const dispatcher = await connectStock(system.url, '/dispatch', token);
  for (let n = 0; n < 12; n += 1) await ask(dispatcher, 'fleet:watch', VIEWPORT);
  dispatcher.socket.disconnect();
}

async function parkCar(system: System, id: string, random: Random): Promise<void> {
  const place = destination(PIN, between(random, 0, 360), between(random, 0, 1_500));
  const token = await system.token('driver', id);
  await rest(`${system.url}/api/status`, 'PUT', token, { status: 'available' });
  await rest(`${system.url}/api/fixes`, 'POST', token, [{ t: Date.now(), ...place }]);
}

/** A dispatcher that sends requests and answers to pings without ever reading, and connects again when it is disconnected. */
class SlowReader {
  sent = 0;
  #ws: WebSocket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async start(url: string, token: string): Promise<SlowReader> {
    const reader = new SlowReader(url, token);
    reader.#connect();
    return reader;
  }

  stop(): void {
    this.#isStopped = true;
    this.#end();
  }

  #connect(): void {
    const ws = new WebSocket(`${this.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    this.#ws = ws;
    ws.on('error', () => {});
    ws.once('open', () => ws.send(connectPacket('/dispatch', this.token)));
    ws.on('message', (data) => {
      if (!String(data).includes('hello')) return;
      ws.pause();
      this.#timer = setInterval(() => {
        if (ws.readyState !== WebSocket.OPEN) return this.#again();
        ws.send(`42/dispatch,${this.sent}${JSON.stringify(['fleet:watch', VIEWPORT])}`);
        ws.send('3');
        this.sent += 1;
        // Only a write shows that the service has ended the connection, as nothing is read.
        if (ws.bufferedAmount > 100_000) this.#again();
      }, REQUEST_INTERVAL_MS);
    });
    ws.once('close', () => this.#again());
  }

  #again(): void {
    this.#end();
    if (!this.#isStopped) setTimeout(() => this.#isStopped || this.#connect(), 100);
  }

  #end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#ws?.removeAllListeners('close');
    this.#ws?.terminate();
  }
}
