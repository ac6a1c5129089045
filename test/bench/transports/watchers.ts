import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'hdr-histogram-js';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import { RawClient } from '../engine-io.js';
import { openHttpPolling } from './http-polling.js';
import { openLongPolling } from './long-polling.js';
import { openServerSentEvents } from './server-sent-events.js';
import { openSocketIoPolling } from './socketio-polling.js';
import type { OpenWatcher, Watcher } from './watcher.js';
import { openWebSocket } from './websocket.js';

/** Transports under comparison. */
export const TRANSPORTS = {
  websocket: openWebSocket,
  'socket.io polling': openSocketIoPolling,
  sse: openServerSentEvents,
  'long polling': openLongPolling,
  'http polling': openHttpPolling,
} satisfies Record<string, OpenWatcher>;
export type Transport = keyof typeof TRANSPORTS;

/** Input of the load generator, which runs in a process of its own: one driver, and watchers over one transport. */
export type WatchPlan = {
  transport: Transport;
  /** address for the watchers, through a proxy or not */
  url: string;
  driverUrl: string;
  driver: { id: string; token: string };
  tripId: string;
  tokens: string[];
  everyMs: number;
  measureMs: number;
  /** whether the watchers lose their connections at the end */
  cuts: boolean;
};

export type WatchResult = {
  /** positions that the driver sent during the measurement */
  sent: number;
  /** deliveries of different positions to watchers */
  messages: number;
  /** HTTP requests during the measurement */
  requests: number;
  p50Ms: number;
  p99Ms: number;
};
/** Time from a cut until half of the watchers, and all of them, had a new position. */
export type Recovery = { p50Ms: number; allMs: number };

const CONNECT_AT_ONCE = 50;
const SETTLE_MS = 1_500;
/** Part of the measurement for which the service runs without watchers, whose CPU is subtracted. */
export const BASE_SHARE = 0.4;
const MAX_RECOVERY_MS = 30_000;
const WAY_M = 8;

/** Sends fixes of one car, and counts what watchers receive of them. */
class Stream {
  readonly #sentAt = new Map<number, number>();
  #lat = 40.75;
  #timer: NodeJS.Timeout | null = null;
  count = 0;

  constructor(private readonly driver: RawClient) {}

  start(everyMs: number): void {
    this.#timer = setInterval(() => this.#send(), everyMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Returns the time since a position was sent, ms; null for one of another run. */
  since(t: number): number | null {
    const at = this.#sentAt.get(t);
    return at === undefined ? null : performance.now() - at;
  }

  #send(): void {
    const t = Date.now();
    this.#lat += WAY_M / 111_195;
    this.count += 1;
    this.#sentAt.set(t, performance.now());
    const fix = `[{"t":${t},"lat":${this.#lat.toFixed(6)},"lng":-73.98,"heading":0,"speedMps":8}]`;
    this.driver.request('fixes', fix, () => {});
  }
}

type Send = (message: object) => void;

async function run(
  plan: WatchPlan,
  send: Send,
  cut: () => Promise<void>,
): Promise<WatchResult & { recovery: Recovery }> {
  const driver = await RawClient.connect(plan.driverUrl, '/driver', plan.driver.token, () => {});
  const stream = new Stream(driver);
  const times = build({ lowestDiscernibleValue: 1, highestTrackableValue: 120_000_000 });
  const newest = plan.tokens.map(() => 0);
  const recoveredAt = plan.tokens.map(() => 0);
  let isMeasuring = false;
  let cutAt = Number.POSITIVE_INFINITY;
  let messages = 0;
  let requests = 0;
  const received = (watcher: number, t: number) => {
    const since = stream.since(t);
    if (since === null || t <= newest[watcher]!) return;
    newest[watcher] = t;
    const now = performance.now();
    // Sent after the cut: what was under way before it proves nothing.
    if (now - since > cutAt && recoveredAt[watcher] === 0) recoveredAt[watcher] = now;
    if (!isMeasuring) return;
    messages += 1;
    times.recordValue(Math.max(1, Math.round(since * 1_000)));
  };
  stream.start(plan.everyMs);
  await sleep(plan.everyMs * 2);
  send({ phase: 'base' });
  await sleep(plan.measureMs * BASE_SHARE);
  send({ phase: 'based' });
  const open = TRANSPORTS[plan.transport];
  const watchers: Watcher[] = await mapConcurrently(plan.tokens, CONNECT_AT_ONCE, (token, i) =>
    open({
      url: plan.url,
      token,
      driverId: plan.driver.id,
      tripId: plan.tripId,
      received: (t) => received(i, t),
      requested: () => {
        if (isMeasuring) requests += 1;
      },
    }),
  );
  await sleep(SETTLE_MS);
  send({ phase: 'start' });
  isMeasuring = true;
  const before = stream.count;
  await sleep(plan.measureMs);
  isMeasuring = false;
  const sent = stream.count - before;
  send({ phase: 'end' });
  if (plan.cuts) {
    await cut();
    cutAt = performance.now();
    const deadline = cutAt + MAX_RECOVERY_MS;
    while (recoveredAt.includes(0) && performance.now() < deadline) await sleep(5);
  }
  const recoveries = recoveredAt
    .map((at) => (at === 0 ? Number.POSITIVE_INFINITY : at - cutAt))
    .sort((a, b) => a - b);
  stream.stop();
  for (const watcher of watchers) watcher.close();
  driver.close();
  const at = (percentile: number) =>
    times.totalCount === 0 ? Number.POSITIVE_INFINITY : times.getValueAtPercentile(percentile) / 1_000;
  return {
    sent,
    messages,
    requests,
    p50Ms: at(50),
    p99Ms: at(99),
    recovery: { p50Ms: recoveries[recoveries.length >> 1]!, allMs: recoveries.at(-1)! },
  };
}

if (process.send !== undefined && process.argv[2] === 'watchers') {
  const send: Send = (message) => process.send!(message);
  let cutDone = () => {};
  const cut = () =>
    new Promise<void>((resolve) => {
      cutDone = resolve;
      send({ phase: 'cut' });
    });
  process.on('message', (message: { plan?: WatchPlan; isCut?: true }) => {
    if (message.plan === undefined) return cutDone();
    run(message.plan, send, cut).then(
      (result) => process.send!({ result }, () => process.exit(0)),
      (error: unknown) => {
        process.stderr.write(`${(error as Error).stack}\n`);
        process.exit(1);
      },
    );
  });
  send({ type: 'ready' });
}
