export { type Config, ConfigError, loadConfig, loadProcessConfig, variableNames } from './config.js';
export { isLoopback, maskUrls, urlOf } from './urls.js';
