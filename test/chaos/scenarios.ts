import type { Scenario } from './scenario.js';
import { clocksApart } from './scenarios/clocks-apart.js';
import { crowdedPlace } from './scenarios/crowded-place.js';
import {
  clusterMasterKilled,
  clusterMasterKilledWait,
  sentinelFailover,
  sentinelFailoverWait,
} from './scenarios/failover.js';
import { frozen } from './scenarios/frozen.js';
import { gatewayKilled } from './scenarios/gateway-killed.js';
import { gatewayWithoutRedis } from './scenarios/gateway-without-redis.js';
import { malformedPackets } from './scenarios/malformed-packets.js';
import { pagesFrozen } from './scenarios/pages-frozen.js';
import { partitionsShrunk } from './scenarios/partitions-shrunk.js';
import { processorKilled } from './scenarios/processor-killed.js';
import { processorsDown } from './scenarios/processors-down.js';
import { reconnectStorm } from './scenarios/reconnect-storm.js';
import { redisFar, redisNear } from './scenarios/redis-far.js';
import { redisFull } from './scenarios/redis-full.js';
import { redisKilledAlways, redisKilledEverysec, redisPowerCut } from './scenarios/redis-killed.js';
import { rollingRestart } from './scenarios/rolling-restart.js';
import { singleBytes } from './scenarios/single-bytes.js';
import { busyReaders, slowReaders } from './scenarios/slow-readers.js';
import { tokenExpires } from './scenarios/token-expires.js';
import { twoVersions } from './scenarios/two-versions.js';

/** All scenarios, in the order in which they run unless some are named. The full tests run each. */
export const SCENARIOS: readonly Scenario[] = [
  gatewayKilled,
  processorKilled,
  partitionsShrunk,
  redisKilledAlways,
  redisKilledEverysec,
  redisPowerCut,
  clocksApart,
  singleBytes,
  tokenExpires,
  malformedPackets,
  gatewayWithoutRedis,
  frozen,
  clusterMasterKilled,
  clusterMasterKilledWait,
  sentinelFailover,
  sentinelFailoverWait,
  processorsDown,
  redisFull,
  redisFar,
  redisNear,
  rollingRestart,
  reconnectStorm,
  slowReaders,
  busyReaders,
  crowdedPlace,
  pagesFrozen,
  twoVersions,
];

/** Those that a stranger runs first: each part is killed once, and Redis is full, or forgets its last second. */
export const BRIEF: readonly Scenario[] = [
  gatewayKilled,
  processorKilled,
  redisKilledEverysec,
  redisPowerCut,
  redisFull,
  processorsDown,
  tokenExpires,
  singleBytes,
];

/** The same faults for a moment, in tests that `npm test` runs. */
export const SHORT_FORMS: Readonly<Record<string, string>> = {
  'gateway-killed': 'test/e2e/gateway-killed.test.ts',
  'processor-killed': 'test/chaos/smoke.test.ts',
  'partitions-shrunk': 'test/e2e/shared-settings.test.ts',
  'redis-killed-always': 'test/e2e/chat-faults.test.ts',
  'redis-killed-everysec': 'test/e2e/sdk.test.ts',
  'redis-power-cut': 'test/integration/fix-reader.test.ts',
  'clocks-apart': 'test/e2e/process-clocks.test.ts',
  'single-bytes': 'libs/realtime/src/split-packets.test.ts',
  'token-expires': 'test/e2e/bad-input.test.ts',
  'malformed-packets': 'test/e2e/bad-input.test.ts',
  'gateway-without-redis': 'test/e2e/deaf-gateway.test.ts',
  frozen: 'test/e2e/presence.test.ts',
  'cluster-master-killed': 'test/integration/invariants.test.ts',
  'cluster-master-killed-wait': 'libs/store/src/replication.test.ts',
  'sentinel-failover': 'test/integration/partition-lease.test.ts',
  'sentinel-failover-wait': 'libs/store/src/replication.test.ts',
  'processors-down': 'test/e2e/processors-down.test.ts',
  'redis-full': 'test/e2e/redis-full.test.ts',
  'redis-400-ms-away': 'test/integration/fix-reader.test.ts',
  'redis-25-ms-away': 'test/integration/fix-reader.test.ts',
  'rolling-restart': 'test/e2e/leaving.test.ts',
  'reconnect-storm': 'libs/realtime/src/admission.test.ts',
  'slow-readers': 'libs/realtime/src/send-queue.test.ts',
  'busy-readers': 'libs/realtime/src/queues.test.ts',
  'crowded-place': 'apps/gateway/src/fleet/nearest-cars.test.ts',
  'pages-frozen': 'test/e2e/presence.test.ts',
  'two-versions': 'test/e2e/upgrade.test.ts',
};

export const SHORT_S = 20;
export const FULL_S = 60;
