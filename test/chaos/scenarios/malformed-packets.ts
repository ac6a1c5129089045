import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { pick, type Random } from '#city';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import { connectPacket, RawPolling } from '../../fixtures/polling.js';
import { type System, startSystem } from '../../fixtures/system.js';
import { memoryOf, NOTICEABLE_MS, startBystanders } from '../bystanders.js';
import { quantileOf } from '../quantile.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';

const PACKETS = 100_000;
const PACKETS_SHORT = 20_000;
const PER_CONNECTION = 50;
const AT_ONCE = 10;
/** One in this many connections uses long polling. */
const POLLING_EVERY = 10;
/** One in this many packets may end its connection; the rest are refused one by one. */
const FATAL_EVERY = 25;
const MAX_GROWTH_MB = 60;

export const malformedPackets: Scenario = {
  name: 'malformed-packets',
  description: `${PACKETS} malformed packets, before and after the handshake, in every namespace and over both transports`,
  run,
};

async function run({ random, seconds, log }: Context): Promise<Verdict[]> {
  const system = await startSystem();
  const others = await startBystanders(system);
  try {
    const pids = [
      ...system.gateways.map(({ pid }) => pid),
      system.front.process.pid,
      system.processors[0]!.process.pid,
    ];
    const count = seconds < 60 ? PACKETS_SHORT : PACKETS;
    const connections = count / PER_CONNECTION;
    // The first ones warm the service up.
    const warmUp = await send(system, random, connections / 4);
    await sleep(3_000);
    const quietMs = quantileOf(others.takeDelays(), 0.99);
    const before = await memoryOf(system);
    const sent = await send(system, random, connections);
    const busyMs = quantileOf(others.takeDelays(), 0.99);
    await sleep(10_000);
    const grownMb = Math.round(((await memoryOf(system)) - before) / 1_024);
    const dead = pids.filter((pid) => !isAlive(pid!));
    const errors = system.front.output().match(/"level":(50|60|"error"|"fatal")/g) ?? [];
    log(
      `${warmUp + sent} packets on ${connections * 1.25} connections; acks of others: p99 ${Math.round(quietMs)} ms before, ${Math.round(busyMs)} ms meanwhile.`,
    );
    return [
      atLeast('malformed packets sent', sent, count),
      none('processes that ended', dead.length),
      none('errors in the log of the gateways', errors.length),
      atMost('MB that both gateways grew by afterwards', grownMb, MAX_GROWTH_MB),
      atMost(
        'ack p99 of the others, ms',
        Math.round(busyMs),
        Math.round(2 * Math.max(NOTICEABLE_MS, quietMs)),
      ),
      none('fixes of the others that were refused or not answered', others.failed()),
    ];
  } finally {
    others.stop();
    await system.stop();
  }
}

async function send(system: System, random: Random, connections: number): Promise<number> {
  let sent = 0;
  await mapConcurrently([...Array(connections).keys()], AT_ONCE, async (i) => {
    const role = pick(random, ['driver', 'rider', 'dispatcher'] as const);
    const namespace = role === 'dispatcher' ? '/dispatch' : `/${role}`;
    const packets = Array.from({ length: PER_CONNECTION }, () => malformed(random, namespace));
    const opening = random() < 0.8 ? [connectPacket(namespace, await system.token(role, `bad-${i}`))] : [];
    if (i % POLLING_EVERY === 0) await poll(system.url, opening, packets.map(String));
    else await overWebSocket(system.url, opening, packets);
    sent += packets.length;
  });
  return sent;
}

async function overWebSocket(url: string, opening: string[], packets: Array<string | Buffer>): Promise<void> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  ws.on('error', () => {});
  const closed = once(ws, 'close');
  await Promise.race([once(ws, 'open'), closed]);
  if (ws.readyState !== WebSocket.OPEN) return;
  for (const packet of opening) {
    ws.send(packet);
    // Packets before the answer would end the connection.
    await Promise.race([until(ws, (text) => text.startsWith('42') || text.startsWith('44')), closed]);
  }
  for (const packet of packets) if (ws.readyState === WebSocket.OPEN) ws.send(packet);
  await Promise.race([closed, sleep(50)]);
  ws.terminate();
}

const until = (ws: WebSocket, isIt: (text: string) => boolean): Promise<void> =>
  new Promise((resolve) => {
    ws.on('message', (data) => {
      if (isIt(String(data))) resolve();
    });
  });

async function poll(url: string, opening: string[], packets: string[]): Promise<void> {
  const client = await RawPolling.open(url).catch(() => null);
  if (client === null) return;
  await client.post([...opening, ...packets]);
}

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'x'.repeat(5_000),
  '\u0000',
  '__proto__',
  [],
  [[[[]]]],
  {},
  { lat: 'north', lng: {} },
  { lat: 91, lng: 181 },
  { t: -1, lat: 1, lng: 1 },
  { constructor: { prototype: {} } },
  { _placeholder: true, num: 99 },
];
const EVENTS = [
  'fixes',
  'status',
  'nearby:watch',
  'fleet:watch',
  'trip:watch',
  'chat:send',
  'token',
  'clock',
  'feed:resume',
  'connect',
  'disconnect',
  'error',
  '__proto__',
  'toString',
  '',
];

/** A packet that no client of the protocol sends. */
function malformed(random: Random, namespace: string): string | Buffer {
  const value = () => pick(random, VALUES);
  const id = random() < 0.5 ? '' : String(Math.floor(random() * 1e6));
  if (random() * FATAL_EVERY < 1)
    return pick<() => string | Buffer>(random, [
      () => noise(random),
      () => noise(random).toString('latin1'),
      () => `4${Math.floor(random() * 9)}${namespace},{`,
      () => `42${namespace},${id}{"a":1}`,
      () => `451-${namespace},["fixes",{"_placeholder":true,"num":7}]`,
      () => `4299999999999999999999${namespace},[]`,
      () => '4',
      () => '',
      () => '9',
    ])();
  return `42${namespace},${id}${JSON.stringify([pick(random, EVENTS.slice(0, 9)), ...Array.from({ length: Math.floor(random() * 4) }, value)])}`;
}

const noise = (random: Random): Buffer =>
  Buffer.from(Array.from({ length: 1 + Math.floor(random() * 200) }, () => Math.floor(random() * 256)));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
