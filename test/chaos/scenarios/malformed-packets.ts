import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { pick, type Random } from '#city';
import { connectPacket, RawPolling } from '../../fixtures/polling.js';
import type { System } from '../../fixtures/system.js';
import { compareHeaps, type Heap, heapArguments, takeHeap } from '../../soak/heap.js';
import { NOTICEABLE_MS, startBystanders } from '../bystanders.js';
import { quantileOf } from '../quantile.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { type AtEnd, withSystem } from '../with-system.js';

const PACKETS = 100_000;
const PACKETS_SHORT = 20_000;
const PER_CONNECTION = 50;
const AT_ONCE = 10;
/** One in this many connections uses long polling. */
const POLLING_EVERY = 10;
/** One in this many packets may end its connection, and is the last one on it; the rest are refused one by one. */
const FATAL_EVERY = 25;
/** Longer than a connection that does not answer stays open. */
const CLOSED_MS = 12_000;
/** Time in which the service reads what a connection has sent. */
const READ_MS = 50;

export const malformedPackets: Scenario = {
  name: 'malformed-packets',
  description: `${PACKETS} malformed packets, before and after the handshake, in every namespace and over both transports`,
  run: async (context) => {
    const dir = await mkdtemp(join(tmpdir(), 'hexfleet-heaps-'));
    const work = (system: System, atEnd: AtEnd) => run(system, atEnd, dir, context);
    return withSystem({ nodeArguments: heapArguments(dir) }, work).finally(() =>
      rm(dir, { recursive: true }),
    );
  },
};

async function run(
  system: System,
  atEnd: AtEnd,
  dir: string,
  { random, seconds, log }: Context,
): Promise<Verdict[]> {
  const pids = [
    ...system.gateways.map(({ pid }) => pid),
    system.front.process.pid,
    system.processors[0]!.process.pid,
  ];
  const count = seconds < 60 ? PACKETS_SHORT : PACKETS;
  const heaps = async () => {
    const taken: Heap[] = [];
    for (const { pid } of system.gateways) taken.push(await takeHeap(dir, pid));
    return taken;
  };
  // The first ones warm the service up.
  const warmUp = await send(system, random, count / 4);
  const first = await heaps();
  const others = await startBystanders(system);
  atEnd(others.stop);
  await sleep(3_000);
  const quietMs = quantileOf(others.takeDelays(), 0.99);
  const sent = await send(system, random, count);
  const busyMs = quantileOf(others.takeDelays(), 0.99);
  const failed = others.failed();
  // By live objects, once the last connections have timed out: how much memory a process keeps for later ones says nothing about what it holds.
  await sleep(CLOSED_MS);
  const last = await heaps();
  const dead = pids.filter((pid) => !isAlive(pid!));
  const errors = system.front.output().match(/"level":(50|60|"error"|"fatal")/g) ?? [];
  log(
    `${warmUp.packets + sent.packets} packets on ${warmUp.connections + sent.connections} connections; acks of others: p99 ${quietMs} ms before, ${busyMs} ms meanwhile.`,
  );
  return [
    atLeast('malformed packets sent', sent.packets, count),
    none('connections that were not accepted', warmUp.refused + sent.refused),
    none('processes that ended', dead.length),
    none('errors in the log of the gateways', errors.length),
    ...system.gateways.map(({ node }, i) => compareHeaps(node, first[i]!, last[i]!, log)),
    atMost('ack p99 of the others, ms', busyMs, 2 * Math.max(NOTICEABLE_MS, quietMs)),
    none('fixes of the others that were refused or not answered', failed),
  ];
}

type Sent = { packets: number; connections: number; refused: number };

/** Sends packets on ever new connections, each up to the first one that may end it. */
async function send(system: System, random: Random, count: number): Promise<Sent> {
  const total: Sent = { packets: 0, connections: 0, refused: 0 };
  const sendSome = async (): Promise<void> => {
    while (total.packets < count) {
      const i = total.connections;
      total.connections += 1;
      const role = pick(random, ['driver', 'rider', 'dispatcher'] as const);
      const namespace = role === 'dispatcher' ? '/dispatch' : `/${role}`;
      const packets = untilFatal(random, namespace);
      total.packets += packets.length;
      const opening = random() < 0.8 ? [connectPacket(namespace, await system.token(role, `bad-${i}`))] : [];
      const isPolling = i % POLLING_EVERY === 0;
      const isOpen = isPolling
        ? await poll(system.url, opening, packets.map(String))
        : await overWebSocket(system.url, opening, packets);
      if (!isOpen) total.refused += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendSome));
  return total;
}

function untilFatal(random: Random, namespace: string): Array<string | Buffer> {
  const packets: Array<string | Buffer> = [];
  while (packets.length < PER_CONNECTION) {
    const isFatal = random() * FATAL_EVERY < 1;
    packets.push(isFatal ? fatal(random, namespace) : malformed(random, namespace));
    if (isFatal) break;
  }
  return packets;
}

/** @returns whether the connection was accepted */
async function overWebSocket(
  url: string,
  opening: string[],
  packets: Array<string | Buffer>,
): Promise<boolean> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  // `close` follows.
  ws.on('error', () => {});
  const closed = new Promise((resolve) => ws.once('close', resolve));
  await Promise.race([new Promise((resolve) => ws.once('open', resolve)), closed]);
  if (ws.readyState !== WebSocket.OPEN) return false;
  for (const packet of opening) {
    ws.send(packet);
    // Packets before the answer would end the connection.
    await Promise.race([until(ws, (text) => text.startsWith('42') || text.startsWith('44')), closed]);
  }
  for (const packet of packets) if (ws.readyState === WebSocket.OPEN) ws.send(packet);
  await Promise.race([closed, sleep(READ_MS)]);
  ws.terminate();
  return true;
}

const until = (ws: WebSocket, isIt: (text: string) => boolean): Promise<void> =>
  new Promise((resolve) => {
    ws.on('message', (data) => {
      if (isIt(String(data))) resolve();
    });
  });

async function poll(url: string, opening: string[], packets: string[]): Promise<boolean> {
  const client = await RawPolling.open(url).catch(() => null);
  await client?.post([...opening, ...packets]);
  return client !== null;
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
];
/** Names that no request may have, some of which Socket.IO reserves for itself. */
const ODD_EVENTS = ['connect', 'disconnect', 'error', '__proto__', 'toString', ''];

const ackId = (random: Random): string => (random() < 0.5 ? '' : String(Math.floor(random() * 1e6)));

/** A request that no client of the protocol sends. */
const malformed = (random: Random, namespace: string): string =>
  `42${namespace},${ackId(random)}${JSON.stringify([pick(random, EVENTS), ...Array.from({ length: Math.floor(random() * 4) }, () => pick(random, VALUES))])}`;

/** A packet that may end its connection. */
function fatal(random: Random, namespace: string): string | Buffer {
  const id = ackId(random);
  return pick<() => string | Buffer>(random, [
    () => noise(random),
    () => noise(random).toString('latin1'),
    () => `4${Math.floor(random() * 9)}${namespace},{`,
    () => `42${namespace},${id}{"a":1}`,
    () => `42${namespace},${id}${JSON.stringify([pick(random, ODD_EVENTS), pick(random, VALUES)])}`,
    () => `451-${namespace},["fixes",{"_placeholder":true,"num":7}]`,
    () => `4299999999999999999999${namespace},[]`,
    () => '4',
    () => '',
    () => '9',
  ])();
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
