export { FailureFilter } from './failure.filter.js';
export { Heartbeat, type Pulse } from './heartbeat.js';
export { addressOf, orExit, ready } from './lifecycle.js';
export { createLogger, type Logger, NestLogger } from './logger.js';
export { Metrics } from './metrics.js';
export { OpsController } from './ops.controller.js';
export { sendProblem } from './problem.js';
export { repeatedly } from './repeatedly.js';
export { CONFIG, NODE, REDIS } from './tokens.js';
