export {
  type Config,
  ConfigError,
  loadConfig,
  loadProcessConfig,
  type ProcessConfig,
  variableNames,
} from './config.js';
export { decideDemo } from './demo.js';
export { isSentinelUrl, parseRedisUrl, type RedisAddress } from './redis-url.js';
export { isLocalOrigin, isLoopback, maskUrls, urlOf } from './urls.js';
