import { DISPATCH } from './rest/dispatch.js';
import { FLEET } from './rest/fleet.js';
import { OPERATIONS } from './rest/operations.js';
import type { RestRoute, RouteName } from './rest/route.js';
import { STREAMS } from './rest/streams.js';
import { TRIPS } from './rest/trips.js';

/** Every route of a gateway. The OpenAPI document and the tables of docs/protocol.md are generated from it. */
export const REST: Record<RouteName, RestRoute> = {
  ...TRIPS,
  ...FLEET,
  ...DISPATCH,
  ...STREAMS,
  ...OPERATIONS,
};
