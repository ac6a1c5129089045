import type { Scenario } from './scenario.js';
import { clocksApart } from './scenarios/clocks-apart.js';
import { frozen } from './scenarios/frozen.js';
import { gatewayKilled } from './scenarios/gateway-killed.js';
import { gatewayWithoutRedis } from './scenarios/gateway-without-redis.js';
import { processorKilled } from './scenarios/processor-killed.js';
import { redisKilledAlways, redisKilledEverysec, redisPowerCut } from './scenarios/redis-killed.js';
import { rollingRestart } from './scenarios/rolling-restart.js';
import { slowReaders } from './scenarios/slow-readers.js';

/** All scenarios, each in a file of its own. */
export const SCENARIOS: readonly Scenario[] = [
  gatewayKilled,
  processorKilled,
  redisKilledAlways,
  redisKilledEverysec,
  redisPowerCut,
  slowReaders,
  rollingRestart,
  gatewayWithoutRedis,
  clocksApart,
  frozen,
];

export const SHORT_S = 20;
export const FULL_S = 60;
