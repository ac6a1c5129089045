export { type Config, ConfigError, loadConfig, loadProcessConfig, variableNames } from './config.js';
export { isLocalOrigin, isLoopback, maskUrls, urlOf } from './urls.js';
