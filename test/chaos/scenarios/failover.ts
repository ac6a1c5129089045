import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { between } from '#city';
import { indexCell, regionOf } from '#geo/cells';
import { connect, type RedisClient } from '#store';
import { progressOf } from '../../../libs/store/src/fix-stream.js';
import { keys } from '../../../libs/store/src/keys.js';
import { eventually } from '../../fixtures/eventually.js';
import { ownerOf, startRedisCluster } from '../../fixtures/redis-cluster.js';
import { startSentinels } from '../../fixtures/redis-sentinel.js';
import type { Observation } from '../apps.js';
import { DRIVERS, type Fleet, RIDERS, startFleet } from '../fleet.js';
import { MANHATTAN } from '../route.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { PARTITIONS } from '../test-bed.js';
import { timesMissing } from '../track-audit.js';
import { withSystem } from '../with-system.js';

/** Longest time without an ack that a driver, or without a position that a rider, may have. */
const PAUSE_MS = 15_000;
/** A position that is older when it arrives is not on time. */
const ON_TIME_MS = 1_000;
const SETTLE_MS = 30_000;
/** The user of replication: without it, the link to the replicas is down. */
const REPLICATION = ['--masteruser', 'replica', '--masterauth', 'replica'].concat(
  ...['--user', 'replica', 'on', '>replica', '+psync', '+replconf', '+ping'],
);
const NODE_TIMEOUT_MS = 5_000;

type Store = {
  url: string;
  /** the master that is killed */
  victim: Redis;
  kill(): Promise<void>;
  stop(): Promise<void>;
};

const cluster = async (replicasEach: number): Promise<Store> => {
  const settings = ['--cluster-node-timeout', String(NODE_TIMEOUT_MS), ...REPLICATION];
  const { url, clients, masterNodes, stop } = await startRedisCluster({ replicasEach, settings });
  // The one that has most drivers: fixes may be acknowledged at another master, and lost here.
  const owner = await ownerOf(keys.drivers(regionOf(indexCell(MANHATTAN))), clients);
  return { url, victim: clients[owner]!, kill: masterNodes[owner]!.kill, stop };
};

const sentinels = async (replicas: number): Promise<Store> => {
  const { url, master, stop } = await startSentinels(replicas, REPLICATION);
  return { url, victim: master.client, kill: master.kill, stop };
};

/** With one of two replicas, writes go on after one of the three is gone. */
const withWait = { start: 2, waitReplicas: 1 };
const withoutWait = { start: 1, waitReplicas: 0 };
type Replicas = typeof withWait;

const scenario = (
  name: string,
  what: string,
  start: (replicas: number) => Promise<Store>,
  replicas: Replicas,
): Scenario => ({
  name,
  description: `${what} loses its replicas, then it is killed, and one of them is promoted; ${replicas.waitReplicas === 0 ? 'without WAIT' : 'acks wait for a replica'}`,
  run: (context) => run(context, () => start(replicas.start), replicas),
});

export const clusterMasterKilled = scenario(
  'cluster-master-killed',
  'a master of a Redis Cluster',
  cluster,
  withoutWait,
);
export const clusterMasterKilledWait = scenario(
  'cluster-master-killed-wait',
  'a master of a Redis Cluster',
  cluster,
  withWait,
);
export const sentinelFailover = scenario(
  'sentinel-failover',
  'the master of three sentinels',
  sentinels,
  withoutWait,
);
export const sentinelFailoverWait = scenario(
  'sentinel-failover-wait',
  'the master of three sentinels',
  sentinels,
  withWait,
);

async function run(
  context: Context,
  start: () => Promise<Store>,
  { waitReplicas }: Replicas,
): Promise<Verdict[]> {
  const store = await start();
  const env = {
    HEXFLEET_PARTITIONS: String(PARTITIONS),
    HEXFLEET_REDIS_WAIT_REPLICAS: String(waitReplicas),
  };
  return withSystem({ processors: 2, redisUrl: store.url, env }, async (system, atEnd) => {
    const client = connect(store.url, 'waiting', () => {});
    atEnd(() => client.disconnect());
    const fleet = await startFleet(system, context.random);
    atEnd(fleet.close);
    return failOver(context, store, fleet, client, waitReplicas > 0);
  }).finally(() => store.stop());
}

async function failOver(
  { random, seconds, log }: Context,
  store: Store,
  fleet: Fleet,
  client: RedisClient,
  waits: boolean,
): Promise<Verdict[]> {
  const startedAt = Date.now();
  const until = (second: number) => sleep(Math.max(0, startedAt + second * 1_000 - Date.now()));
  log(`${DRIVERS} drivers send a fix a second, ${RIDERS} riders follow one each.`);
  await until(between(random, 0.2, 0.3) * seconds);
  const lagMs = Math.round(between(random, 300, 900));
  const cutAt = Date.now();
  await store.victim.call('ACL', 'SETUSER', 'replica', 'off');
  await store.victim.call('CLIENT', 'KILL', 'TYPE', 'replica');
  await sleep(lagMs);
  await store.kill();
  const killedAt = Date.now();
  log(`The link to its replicas was down for ${killedAt - cutAt} ms; then the master was killed.`);

  await until(Math.max(seconds, (killedAt - startedAt + 2 * PAUSE_MS) / 1_000));
  fleet.park();
  const unfinished = async () => {
    const parts = [...Array(PARTITIONS).keys()].map((partition) => progressOf(client, partition));
    return (await Promise.all(parts)).reduce((sum, { backlog }) => sum + backlog, 0);
  };
  const waiting = () => fleet.drivers.reduce((sum, driver) => sum + driver.client.waiting, 0);
  await eventually(async () => waiting() === 0 && (await unfinished()) === 0, SETTLE_MS).catch(() => {});

  const lost: Observation[] = [];
  for (const { id, acked } of fleet.drivers) {
    const missing = new Set(
      await timesMissing(
        client,
        id,
        acked.map(({ t }) => t),
      ),
    );
    lost.push(...acked.filter(({ t }) => missing.has(t)));
  }
  const ackPauses = fleet.drivers.map(({ acked }) => longestGap(acked, killedAt));
  const riderPauses = fleet.riders.map(({ received }) =>
    longestGap(
      received.filter(({ t, at }) => at - t <= ON_TIME_MS),
      killedAt,
    ),
  );
  const total = fleet.drivers.reduce((sum, { acked }) => sum + acked.length, 0);
  log(`Of ${total} acked fixes, ${lost.length} are lost.`);
  log(
    `Longest time without an ack: ${spread(ackPauses)}; without a position on time: ${spread(riderPauses)}.`,
  );
  return [
    atLeast('acked fixes', total, 1),
    none('fixes still in an outbox at the end', waiting()),
    none(
      'fixes rejected',
      fleet.drivers.reduce((sum, { rejected }) => sum + rejected, 0),
    ),
    none('stream entries that no processor finished', await unfinished()),
    none(
      'acked fixes lost that were acked before the link was cut',
      lost.filter(({ at }) => at < cutAt).length,
    ),
    waits
      ? none('acked fixes lost', lost.length)
      : atLeast('acked fixes lost, which were acked while the link was down', lost.length, 1),
    none(
      'acked fixes lost that were acked after the kill',
      lost.filter(({ at }) => at > killedAt + ON_TIME_MS).length,
    ),
    atMost('ms that a driver had no ack', Math.max(...ackPauses), PAUSE_MS),
    atMost('ms that a rider had no position on time', Math.max(...riderPauses), PAUSE_MS),
    ...(waits
      ? [
          none(
            'positions pushed after a newer one',
            fleet.dispatchers.reduce((sum, { backwards }) => sum + backwards, 0),
          ),
        ]
      : []),
  ];
}

/** Longest gap between two observations that ends after a time; infinite if nothing came afterwards. */
function longestGap(observations: Observation[], since: number): number {
  const times = observations.map(({ at }) => at).sort((a, b) => a - b);
  const gaps = times.slice(1).flatMap((at, i) => (at >= since ? [at - times[i]!] : []));
  return gaps.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...gaps);
}

const spread = (pauses: number[]): string => {
  const sorted = pauses.toSorted((a, b) => a - b);
  return `median ${sorted[Math.floor(sorted.length / 2)]} ms, most ${sorted.at(-1)} ms`;
};
