import type { Scenario } from './scenario.js';
import { gatewayKilled } from './scenarios/gateway-killed.js';
import { partitionsShrunk } from './scenarios/partitions-shrunk.js';
import { processorKilled } from './scenarios/processor-killed.js';
import { processorsDown } from './scenarios/processors-down.js';
import { redisFar, redisNear } from './scenarios/redis-far.js';
import { redisKilledAlways, redisKilledEverysec, redisPowerCut } from './scenarios/redis-killed.js';

/** All scenarios, each in a file of its own. */
export const SCENARIOS: readonly Scenario[] = [
  gatewayKilled,
  processorKilled,
  processorsDown,
  partitionsShrunk,
  redisFar,
  redisNear,
  redisKilledAlways,
  redisKilledEverysec,
  redisPowerCut,
];

export const SHORT_S = 20;
export const FULL_S = 60;
