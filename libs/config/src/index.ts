export { type Config, ConfigError, loadConfig, loadProcessConfig, variableNames } from './config.js';
