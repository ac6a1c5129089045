import { DISPATCH } from './rest/dispatch.js';
import { FLEET } from './rest/fleet.js';
import { OPERATIONS } from './rest/operations.js';
import { PUSH } from './rest/push.js';
import type { RestRoute, RouteName } from './rest/route.js';
import { STREAMS } from './rest/streams.js';
import { TRIPS } from './rest/trips.js';
import { ZONES } from './rest/zones.js';

/** Every route of a gateway. The OpenAPI document and the tables of docs/protocol.md are generated from it. */
export const REST: Record<RouteName, RestRoute> = {
  ...TRIPS,
  ...FLEET,
  ...DISPATCH,
  ...ZONES,
  ...PUSH,
  ...STREAMS,
  ...OPERATIONS,
};
