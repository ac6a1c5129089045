import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { between, type Random } from '#city';
import { destination } from '#geo';
import { ask, connectStock, type StockClient } from '../../fixtures/clients.js';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import { connectPacket } from '../../fixtures/polling.js';
import { metricOf } from '../../fixtures/prometheus.js';
import { rest } from '../../fixtures/rest.js';
import { type System, startSystem } from '../../fixtures/system.js';
import { quantileOf } from '../quantile.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';

const PIN = { lat: 40.77, lng: -73.97 };
/** As many as one answer contains. */
const CARS = 500;
const SLOW_READERS = 20;
/** The kernel takes several megabytes for each before anything waits in the service. */
const ATTACK_S = 60;
const REQUEST_INTERVAL_MS = 50;
const OTHERS = 40;
const FIX_INTERVAL_MS = 200;
/** Below this, a longer delay says more about the machine than about the service. */
const NOTICEABLE_MS = 50;

export const slowReaders: Scenario = {
  name: 'slow-readers',
  description: `${SLOW_READERS} riders request the cars around a pin as fast as they can and never read an answer`,
  run,
};

async function run({ random, seconds, log }: Context): Promise<Verdict[]> {
  const system = await startSystem({ env: { HEXFLEET_SILENT_MS: '600000' } });
  try {
    await mapConcurrently([...Array(CARS).keys()], 25, (i) => parkCar(system, `car-${i}`, random));
    const others = await mapConcurrently([...Array(OTHERS).keys()], 10, (i) => Other.start(system, i));
    await sleep(seconds * 300);
    const quietMs = quantileOf(delays(others), 0.99);
    // As many riders who read their answers: what waits is the only difference afterwards.
    await Promise.all([...Array(SLOW_READERS).keys()].map((i) => readInstead(system, i)));
    const memoryBefore = await memoryOf(system);
    delays(others);

    const attackers = await Promise.all(
      Array.from({ length: SLOW_READERS }, async (_, i) =>
        SlowReader.start(system.url, await system.token('rider', `slow-${i}`)),
      ),
    );
    let peak = 0;
    const until = Date.now() + Math.max(ATTACK_S, seconds) * 1_000;
    while (Date.now() < until) {
      await sleep(200);
      peak = Math.max(peak, await memoryOf(system));
    }
    const attackedMs = quantileOf(delays(others), 0.99);
    const ended = await metricOf(system, 'hexfleet_slow_readers_total');
    for (const attacker of attackers) attacker.stop();
    const requests = attackers.reduce((sum, { sent }) => sum + sent, 0);
    const lost = others.reduce((sum, { failed }) => sum + failed, 0);
    for (const other of others) other.stop();
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
  } finally {
    await system.stop();
  }
}

async function readInstead(system: System, i: number): Promise<void> {
  const rider = await connectStock(system.url, '/rider', await system.token('rider', `reads-${i}`));
  for (let n = 0; n < 12; n += 1) await ask(rider, 'nearby:watch', { ...PIN, radiusM: 5_000 });
  rider.socket.disconnect();
}

async function parkCar(system: System, id: string, random: Random): Promise<void> {
  const place = destination(PIN, between(random, 0, 360), between(random, 0, 1_500));
  const token = await system.token('driver', id);
  await rest(`${system.url}/api/status`, 'PUT', token, { status: 'available' });
  await rest(`${system.url}/api/fixes`, 'POST', token, [{ t: Date.now(), ...place }]);
}

const delays = (others: Other[]): number[] => others.flatMap((other) => other.take());

/** A driver who must not notice anything. */
class Other {
  failed = 0;
  #delays: number[] = [];
  readonly #timer: NodeJS.Timeout;

  private constructor(
    private readonly client: StockClient,
    i: number,
  ) {
    const place = { lat: 41 + i * 0.001, lng: -74 };
    this.#timer = setInterval(async () => {
      const sentAt = performance.now();
      const answer = await ask(client, 'fixes', [{ t: Date.now(), ...place }]).catch(() => null);
      if (answer?.ok) this.#delays.push(performance.now() - sentAt);
      else this.failed += 1;
    }, FIX_INTERVAL_MS);
  }

  static async start(system: System, i: number): Promise<Other> {
    const token = await system.token('driver', `other-${i}`);
    return new Other(await connectStock(system.url, '/driver', token), i);
  }

  /** Returns the delays of the acks since the last call, ms. */
  take(): number[] {
    const taken = this.#delays;
    this.#delays = [];
    return taken;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.client.socket.disconnect();
  }
}

/** A rider that sends requests and answers to pings without ever reading, and connects again when it is disconnected. */
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
    ws.once('open', () => ws.send(connectPacket('/rider', this.token)));
    ws.on('message', (data) => {
      if (!String(data).includes('hello')) return;
      ws.pause();
      this.#timer = setInterval(() => {
        if (ws.readyState !== WebSocket.OPEN) return this.#again();
        ws.send(`42/rider,${this.sent}${JSON.stringify(['nearby:watch', { ...PIN, radiusM: 5_000 }])}`);
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

/** Resident memory of all gateways, KB. */
async function memoryOf({ gateways }: System): Promise<number> {
  const sizes = await Promise.all(
    gateways.map(
      async ({ pid }) => /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1],
    ),
  );
  return sizes.reduce((sum, size) => sum + Number(size), 0);
}
