export { asyncApi } from './asyncapi.js';
export { withTables } from './marked-tables.js';
export { openApi, plain } from './openapi.js';
export { refusalsOf } from './refusals.js';
export type { RestRoute, RouteName } from './rest/route.js';
export { REST } from './rest.js';
export { restTables, shapeOf } from './rest-tables.js';
export { wireTables } from './tables.js';
