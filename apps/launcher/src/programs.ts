/** Programs of this machine that Hexfleet uses, installed if need be. */

export { findChromium } from './chromium.js';
export { findRedis } from './find-redis.js';
