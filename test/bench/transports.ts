import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mapConcurrently } from '../fixtures/map-concurrently.js';
import { rest } from '../fixtures/rest.js';
import { type System, startSystem } from '../fixtures/system.js';
import { type Bench, numberOf, textOf } from './bench.js';
import { cpuMs } from './cpu.js';
import { type Check, markdown, round } from './report.js';
import {
  type Balancer,
  type BalancerName,
  installedBalancers,
  startBalancer,
} from './transports/balancers.js';
import { type CountingProxy, startCountingProxy } from './transports/counting-proxy.js';
import { acceptOf, type Capture, captureHandshake, describeFrame } from './transports/handshake.js';
import {
  BASE_SHARE,
  type Recovery,
  TRANSPORTS,
  type Transport,
  type WatchPlan,
  type WatchResult,
} from './transports/watchers.js';
import { writeParts } from './write-parts.js';

type Phase = 'base' | 'based' | 'start' | 'end' | 'cut';
type Result = WatchResult & { recovery: Recovery };

/** Figures of one transport with some watchers, over one path. CPU in µs per message, one position for one watcher. */
export type Row = {
  transport: Transport;
  path: string;
  watchers: number;
  p50Ms: number;
  p99Ms: number;
  serverUs: number;
  clientUs: number;
  balancerUs: number;
  requestsPerMessage: number;
  /** share of the positions sent that each watcher received */
  deliveredShare: number;
  /** measured through a proxy: null on other paths */
  bytesPerMessage: number | null;
  connections: number | null;
  recoveryMs: Recovery | null;
};

const EVERY_MS = 1_000;
/** More often, so that a recovery does not wait for the next position. */
const COUNTED_EVERY_MS = 250;
const MEASURE_MS = 10_000;

const DRIVER = 'bench-driver';
const PLACE = { lat: 40.75, lng: -73.98 };

/** Compares the ways in which a position can reach its watchers. */
export const transports: Bench = {
  options: {
    only: { type: 'string' },
    watchers: { type: 'string' },
    seconds: { type: 'string' },
    paths: { type: 'string' },
    write: { type: 'string' },
  },
  usage:
    '[--only websocket,sse] [--watchers 50,1000] [--seconds N] [--paths nginx,haproxy] [--write docs/transports.md]',
  async run(flags) {
    const names = (textOf(flags, 'only')?.split(',') ?? Object.keys(TRANSPORTS)) as Transport[];
    const unknown = names.find((name) => TRANSPORTS[name] === undefined);
    if (unknown !== undefined) throw new Error(`--only is of ${Object.keys(TRANSPORTS).join(', ')}`);
    const sizes = textOf(flags, 'watchers')?.split(',').map(Number) ?? (flags.quick ? [10] : [50, 1_000]);
    const wanted = textOf(flags, 'paths')?.split(',');
    const balancers = flags.quick
      ? []
      : installedBalancers().filter((name) => wanted === undefined || wanted.includes(name));
    const seconds = numberOf(flags, 'seconds');
    const measureMs = seconds === undefined ? (flags.quick ? 2_000 : MEASURE_MS) : seconds * 1_000;
    const system = await startSystem({ processors: 1 });
    try {
      const tripId = await startTrip(system);
      const capture = await captureHandshake(system.gateways[1]!.url);
      const rows: Row[] = [];
      for (const watchers of sizes)
        for (const transport of names)
          rows.push(...(await measureAll(system, { tripId, transport, watchers, measureMs, balancers })));
      const parts = { figures: tableOf(rows), handshake: handshakeOf(capture) };
      const file = textOf(flags, 'write');
      if (file !== undefined) await writeParts(file, parts);
      const table = `${parts.figures}\n\n${parts.handshake}`;
      return { rows, table, checks: checksOf(rows, capture), constants: constantsOf(rows) };
    } finally {
      await system.stop();
    }
  },
};

type Plan = {
  tripId: string;
  transport: Transport;
  watchers: number;
  measureMs: number;
  balancers: BalancerName[];
};

/** Measures one transport through the counting proxy, directly, and behind each load balancer. */
async function measureAll(system: System, plan: Plan): Promise<Row[]> {
  const gateway = system.gateways[1]!;
  const proxy = await startCountingProxy(gateway.url);
  const counted = await measure(system, plan, {
    path: 'counted',
    url: proxy.url,
    proxy,
    everyMs: COUNTED_EVERY_MS,
  });
  proxy.stop();
  const direct = await measure(system, plan, { path: 'direct', url: gateway.url });
  const { bytesPerMessage, connections, recoveryMs } = counted;
  const rows: Row[] = [{ ...direct, bytesPerMessage, connections, recoveryMs }];
  for (const name of plan.balancers) {
    const balancer = await startBalancer(name, gateway.url);
    rows.push(await measure(system, plan, { path: name, url: balancer.url, balancer }));
    await balancer.stop();
  }
  return rows;
}

type Path = { path: string; url: string; proxy?: CountingProxy; balancer?: Balancer; everyMs?: number };

async function measure(system: System, plan: Plan, way: Path): Promise<Row> {
  const { transport, watchers, tripId, measureMs } = plan;
  const { pid } = system.gateways[1]!;
  const tokens = await mapConcurrently(Array.from({ length: watchers }), 100, (_, i) =>
    system.token('dispatcher', `bench-watcher-${i}`),
  );
  const watch: WatchPlan = {
    transport,
    url: way.url,
    driverUrl: system.gateways[0]!.url,
    driver: { id: DRIVER, token: await system.token('driver', DRIVER) },
    tripId,
    tokens,
    everyMs: way.everyMs ?? EVERY_MS,
    measureMs,
    cuts: way.proxy !== undefined,
  };
  const balancerMs = () => (way.balancer?.pids ?? []).reduce((sum, process) => sum + cpuMs(process), 0);
  let connections: number | null = null;
  const used = { server: 0, client: 0, balancer: 0, bytes: 0 };
  const count = (sign: 1 | -1, client: number) => {
    used.server += sign * cpuMs(pid);
    used.client += sign * cpuMs(client);
    used.balancer += sign * balancerMs();
    used.bytes += sign * (way.proxy?.bytes() ?? 0);
  };
  const base = { ...used };
  const result = await generate(watch, (phase, client) => {
    if (phase === 'base') count(-1, client);
    else if (phase === 'based') {
      count(1, client);
      Object.assign(base, used);
      Object.assign(used, { server: 0, client: 0, balancer: 0, bytes: 0 });
    } else if (phase === 'start') count(-1, client);
    else if (phase === 'end') {
      count(1, client);
      connections = way.proxy?.connections() ?? null;
    } else way.proxy?.cut();
  });
  const { messages, requests, sent, p50Ms, p99Ms, recovery } = result;
  // A process uses CPU without watchers, too.
  process.stderr.write(
    `${transport}, ${watchers} watchers, ${way.path}: p50 ${round(p50Ms)} ms, ${messages} messages\n`,
  );
  const perMessageUs = (ms: number, baseMs: number) =>
    (Math.max(0, ms - baseMs / BASE_SHARE) * 1_000) / messages;
  return {
    transport,
    path: way.path,
    watchers,
    p50Ms,
    p99Ms,
    serverUs: perMessageUs(used.server, base.server),
    clientUs: perMessageUs(used.client, base.client),
    balancerUs: perMessageUs(used.balancer, base.balancer),
    requestsPerMessage: requests / messages,
    deliveredShare: messages / (sent * watchers),
    bytesPerMessage: way.proxy === undefined ? null : used.bytes / messages,
    connections,
    recoveryMs: way.proxy === undefined ? null : recovery,
  };
}

/** Opens a trip whose driver all watchers follow. */
async function startTrip(system: System): Promise<string> {
  const service = await system.token('service', 'bench');
  const request = {
    riderId: 'bench-rider',
    driverId: DRIVER,
    pickup: PLACE,
    dropoff: { ...PLACE, lat: 40.8 },
  };
  const { body } = await rest(`${system.url}/api/trips`, 'POST', service, request);
  if (body.id === undefined) throw new Error(`No trip: ${JSON.stringify(body)}`);
  return body.id;
}

/** Runs the watchers and the driver as a separate process. `onPhase` gets its id. */
function generate(plan: WatchPlan, onPhase: (phase: Phase, pid: number) => void): Promise<Result> {
  const path = fileURLToPath(new URL('./transports/watchers.js', import.meta.url));
  const child = spawn(process.execPath, [path, 'watchers'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // JSON would turn an infinite latency, which means no deliveries, into null.
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The watchers ended with ${code}`)));
    child.on('message', (message: { type?: string; phase?: Phase; result?: Result }) => {
      if (message.type === 'ready') child.send({ plan });
      else if (message.result !== undefined) resolve(message.result);
      else if (message.phase !== undefined) {
        onPhase(message.phase, child.pid!);
        if (message.phase === 'cut') child.send({ isCut: true });
      }
    });
  });
}

function tableOf(rows: Row[]): string {
  const head = [
    'transport',
    'watchers',
    'path',
    'p50 / p99, ms',
    'server CPU, µs',
    'client CPU, µs',
    'balancer CPU, µs',
    'requests per message',
    'bytes per message',
    'connections',
    'recovery p50 / all, ms',
    'delivered',
  ];
  const lines = rows.map((row) => [
    row.transport,
    row.watchers,
    row.path,
    `${round(row.p50Ms)} / ${round(row.p99Ms)}`,
    round(row.serverUs),
    round(row.clientUs),
    row.path === 'direct' ? '' : round(row.balancerUs),
    row.requestsPerMessage.toFixed(2),
    row.bytesPerMessage === null ? '' : round(row.bytesPerMessage),
    row.connections ?? '',
    row.recoveryMs === null ? '' : `${round(row.recoveryMs.p50Ms)} / ${round(row.recoveryMs.allMs)}`,
    `${(row.deliveredShare * 100).toFixed(1)} %`,
  ]);
  return `One driver, a position a second; CPU and bytes per message, which is one position for one watcher. Bytes in both directions, connections and recovery through a counting proxy, with four positions a second.\n\n${markdown(head, lines)}`;
}

const handshakeOf = ({ request, response, key, accept, frame }: Capture): string =>
  [
    '```',
    request,
    '',
    response,
    '```',
    '',
    `base64(SHA-1("${key}" + GUID)) = ${acceptOf(key)}, and the server sent ${accept}.`,
    '',
    `Its first frame: ${describeFrame(frame)}`,
  ].join('\n');

/** Costs of a position that reaches its rider over a WebSocket, with the most watchers. */
function constantsOf(rows: Row[]): Record<string, Record<string, number>> {
  const row = rows.findLast(({ transport, path }) => transport === 'websocket' && path === 'direct');
  return row === undefined ? {} : { delivery: { us: row.serverUs, bytes: row.bytesPerMessage! } };
}

function checksOf(rows: Row[], { key, accept }: Capture): Check[] {
  const least = Math.min(
    ...rows.map(({ deliveredShare, transport }) => (transport === 'http polling' ? 1 : deliveredShare)),
  );
  const direct = rows.filter(({ path }) => path === 'direct');
  const bytes = (transport: Transport) =>
    direct.find((row) => row.transport === transport)?.bytesPerMessage ?? null;
  const [socket, polling] = [bytes('websocket'), bytes('long polling')];
  return [
    { what: 'share of positions that arrived, at least', found: least, atLeast: 0.99 },
    {
      what: 'Sec-WebSocket-Accept follows from the key',
      found: accept === acceptOf(key) ? 1 : 0,
      atLeast: 1,
    },
    ...(socket === null || polling === null
      ? []
      : [{ what: 'bytes per message, WebSocket : long polling', found: socket / polling, atMost: 0.6 }]),
  ];
}
