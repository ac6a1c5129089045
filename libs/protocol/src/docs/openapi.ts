import { z } from 'zod';
import { CODES, type Code } from '../codes.js';
import { Problem } from '../operations-schemas.js';
import { Components, type Json, parameterSchema } from './json-schema.js';
import { refusalsOf } from './refusals.js';
import { headersOfProblem, headersOfSuccess, RESPONSE_HEADERS } from './response-headers.js';
import type { RestRoute } from './rest/route.js';
import { REST } from './rest.js';

const PARAMETERS: Record<string, string> = {
  id: 'Id of the trip, driver or user',
  token: 'Token of the link, 32 characters',
  region: 'H3 cell of resolution 3',
  version: 'Number of a published version',
  zoneId: 'Id of the zone',
  kind: 'Kind of features that name none',
  lat: 'Degrees north',
  lng: 'Degrees east',
  radiusM: 'Radius around the pin, metres',
  limit: 'Maximum number of items',
  bbox: 'West, south, east, north in degrees; west > east over the antimeridian',
  polygon: '3 to 100 corners as `lat,lng;lat,lng;…`, instead of `bbox`',
  from: 'Start of the time span, epoch ms, included',
  to: 'End of the time span, epoch ms, included',
  format: 'Format of the answer; without it, `Accept` decides',
  tripId: 'Trip that limits the time span',
  before: 'Id of the last entry of the previous page',
  after: 'Id of the last entry or event that the client has',
};

const REQUEST_HEADERS = {
  'Idempotency-Key': {
    description: 'Repeated requests with the same key are executed once',
    schema: { type: 'string', pattern: '^(?!\\.{1,2}$)[A-Za-z0-9_.:@|+-]{1,64}$' },
  },
  'Device-Id': {
    description: 'Name of the device, as in the handshake of a socket',
    schema: { type: 'string', pattern: '^(?!\\.{1,2}$)[A-Za-z0-9_.:@|+-]{1,64}$' },
  },
  'Last-Event-ID': {
    description: 'Id of the last event received; the stream continues after it',
    schema: { type: 'string' },
  },
};

/** Returns the OpenAPI 3.1 document of every REST route. */
export function openApi(version: string): Json {
  const components = new Components();
  const problem = components.of(Problem, 'output');
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(REST)) {
    const [method, path] = name.split(' ') as [string, string];
    const template = path.replaceAll(/:(\w+)/g, '{$1}');
    paths[template] = { ...paths[template], [method.toLowerCase()]: operation(name, route, components) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Hexfleet',
      version,
      summary: 'Live location tracking for ride-hailing',
      description:
        'Times are epoch milliseconds, angles degrees, headings clockwise from true north. ' +
        'Every refusal is a problem document (RFC 9457) with a stable `code`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(Object.values(REST).map(({ group }) => group))].map((group) => ({ name: group })),
    paths,
    components: {
      schemas: components.schemas,
      headers: RESPONSE_HEADERS,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'JWT signed with HS256, with the claims `sub` (the user) and `role`',
        },
      },
      responses: Object.fromEntries(
        [...new Set(Object.values(CODES).map(({ status }) => status))].map((status) => [
          `Problem${status}`,
          {
            description: `Refused with status ${status}`,
            ...headersOfProblem(status),
            content: { 'application/problem+json': { schema: problem } },
          },
        ]),
      ),
    },
  };
}

function operation(name: string, route: RestRoute, components: Components): Json {
  const { group, summary, roles, only, params = {}, query, body, status = 200, headers = [] } = route;
  const queryShape: Record<string, z.ZodType> = query?.shape ?? {};
  const parameters = [
    ...Object.entries(params).map(([key, schema]) => ({
      ...parameter('path', key),
      required: true,
      schema: components.of(schema, 'input'),
    })),
    ...Object.entries(queryShape).map(([key, schema]) => ({
      ...parameter('query', key),
      required: !schema.safeParse(undefined).success,
      style: 'form',
      explode: false,
      schema: parameterSchema(components, schema),
    })),
    ...headers.map((header) => ({ name: header, in: 'header', required: false, ...REQUEST_HEADERS[header] })),
  ];
  return {
    operationId: operationId(name),
    tags: [group],
    summary: plain(summary),
    ...(roles !== null && {
      description: `Roles: ${roles.join(', ')}${only === undefined ? '' : `; ${only}`}.`,
      'x-roles': roles,
    }),
    security: roles === null ? [] : [{ token: [] }],
    parameters,
    ...(body !== undefined && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { 'application/json': { schema: components.of(body, 'input') } },
      },
    }),
    responses: {
      [status]: {
        description: 'Success',
        ...headersOfSuccess(name.split(' ')[1]!, route),
        content: answersOf(route, components),
      },
      ...problemsOf(route, !name.startsWith('GET ')),
    },
  };
}

const parameter = (place: 'path' | 'query', name: string) => ({
  name,
  in: place,
  description: PARAMETERS[name] ?? name,
});

const answersOf = ({ answers }: RestRoute, components: Components): Json =>
  Object.fromEntries(
    Object.entries(answers).map(([type, answer]) => [
      type,
      {
        schema:
          answer instanceof z.ZodType
            ? components.of(answer, 'output')
            : { type: 'string', description: answer },
      },
    ]),
  );

/** Responses per status, each with the codes it stands for. */
function problemsOf(route: RestRoute, isChange: boolean): Json {
  const byStatus = new Map<number, Code[]>();
  for (const code of refusalsOf(route, isChange)) {
    const { status } = CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        $ref: `#/components/responses/Problem${status}`,
        description: codes.map((code) => `\`${code}\`: ${CODES[code].message}`).join('\n\n'),
      },
    ]),
  );
}

/** `GET /api/trips/:id` becomes `getTripsId`. */
const operationId = (name: string): string =>
  name
    .replace(' /api', '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Returns a text without Markdown links. */
export const plain = (text: string): string =>
  text.replaceAll(/; see \[[^\]]+\]\([^)]+\)/g, '').replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
