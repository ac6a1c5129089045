import { z } from 'zod';
import { TokenRequest } from '../../api.js';
import { ServiceTime } from '../../hello.js';
import { MapSettings, NodeState } from '../../operations-schemas.js';
import { EVERYBODY, json, type RestRoute, type RouteName, STAFF } from './route.js';

const Health = z.object({ ok: z.literal(true) });

/** Routes for operators, and documentation. */
export const OPERATIONS: Record<RouteName, RestRoute> = {
  'GET /api/nodes': {
    group: 'Operations',
    summary: 'Running processes, their connections, rates and delays',
    roles: STAFF,
    answers: json(z.object({ nodes: z.array(NodeState) })),
  },
  'GET /api/clock': {
    group: 'Operations',
    summary: "The service's time, epoch ms, with which a client measures how far its clock is off",
    roles: EVERYBODY,
    answers: json(ServiceTime),
  },
  'GET /api/map': {
    group: 'Operations',
    summary: 'Map settings of the pages; see [configuration](configuration.md)',
    roles: null,
    answers: json(MapSettings),
  },
  'POST /api/dev/tokens': {
    group: 'Operations',
    summary: 'Creates a token for any role; exists only in the demo',
    roles: null,
    body: TokenRequest,
    status: 201,
    answers: json(z.object({ token: z.string() })),
    codes: ['DEMO_NOT_HERE', 'NOT_JSON'],
  },
  'GET /healthz': {
    group: 'Operations',
    summary: 'Liveness: the process is running',
    roles: null,
    answers: json(Health),
  },
  'GET /readyz': {
    group: 'Operations',
    summary:
      'Readiness: Redis accepts writes; at a processor, every partition has a reader. The [metrics port](operations.md#the-metrics-port) has details',
    roles: null,
    answers: json(Health),
    codes: ['UNAVAILABLE'],
  },
  'GET /api/openapi.json': {
    group: 'Documentation',
    summary: 'All routes as an OpenAPI 3.1 document',
    roles: null,
    answers: json(z.looseObject({ openapi: z.string() })),
  },
  'GET /api/asyncapi.json': {
    group: 'Documentation',
    summary: 'All socket events as an AsyncAPI 3 document',
    roles: null,
    answers: json(z.looseObject({ asyncapi: z.string() })),
  },
  'GET /api/docs': {
    group: 'Documentation',
    summary: 'Page with all routes and codes',
    roles: null,
    answers: { 'text/html': 'The page' },
  },
};
