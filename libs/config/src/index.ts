export {
  type Config,
  ConfigError,
  loadConfig,
  loadProcessConfig,
  type ProcessConfig,
  variableNames,
} from './config.js';
export { isLocalOrigin, isLoopback, maskUrls, urlOf } from './urls.js';
