/** The part without Nest, for processes that are no Nest application: it loads in a fraction of the time. */

export { addressOf, logStart, orExit, ready } from './lifecycle.js';
export { createLogger, type Logger } from './logger.js';
