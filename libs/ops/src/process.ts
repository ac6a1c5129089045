/** What a process needs that is not a Nest application; it loads in a fraction of the time. */

export { addressOf, orExit, ready } from './lifecycle.js';
export { createLogger, type Logger } from './logger.js';
