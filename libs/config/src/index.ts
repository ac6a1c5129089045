export { type Config, ConfigError, loadConfig, loadProcessConfig, variableNames } from './config.js';
export { isSentinelUrl, parseRedisUrl, type RedisAddress } from './redis-url.js';
export { isLocalOrigin, isLoopback, maskUrls, urlOf } from './urls.js';
