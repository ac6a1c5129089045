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
import { redisKilledAlways, redisKilledEverysec, redisPowerCut } from './scenarios/redis-killed.js';
import { rollingRestart } from './scenarios/rolling-restart.js';
import { singleBytes } from './scenarios/single-bytes.js';
import { busyReaders, slowReaders } from './scenarios/slow-readers.js';
import { tokenExpires } from './scenarios/token-expires.js';

/** Scenarios that take about half a minute with `--short`, which the full tests run. */
export const QUICK_SCENARIOS: readonly Scenario[] = [
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
];

/** Scenarios that run unless others are named. */
export const SCENARIOS: readonly Scenario[] = [
  ...QUICK_SCENARIOS,
  gatewayWithoutRedis,
  frozen,
  clusterMasterKilled,
  clusterMasterKilledWait,
  sentinelFailover,
  sentinelFailoverWait,
  processorsDown,
  redisFar,
  redisNear,
  rollingRestart,
  reconnectStorm,
  slowReaders,
  busyReaders,
  crowdedPlace,
  pagesFrozen,
];

export const SHORT_S = 20;
export const FULL_S = 60;
