export {
  type Config,
  ConfigError,
  loadConfig,
  loadProcessConfig,
  type ProcessConfig,
  requireGatewayKeys,
  variableNames,
} from './config.js';
export { decideDemo } from './demo.js';
export { isSentinelUrl, parseRedisUrl, type RedisAddress } from './redis-url.js';
export { unknownVariables } from './unknown-variables.js';
export { isLocalOrigin, isLoopback, isWildcard, maskUrls, urlOf } from './urls.js';
