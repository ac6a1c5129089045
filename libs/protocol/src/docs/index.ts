export { asyncApi } from './asyncapi.js';
export { withTables } from './tables.js';
