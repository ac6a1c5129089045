import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect } from 'vitest';
import { regionAt } from '#geo/cells';
import type { Role, Trip } from '#protocol';
import { REST, type RouteName } from '#protocol/docs';
import { placesFrom } from '../fixtures/journey.js';
import { subscriptionAt } from '../fixtures/push-service.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

type Described = {
  $ref?: string;
  description: string;
  content?: Record<string, object>;
  headers?: Record<string, object>;
};
type Document = {
  paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
  components: {
    responses: Record<string, Described>;
    headers: Record<string, { required?: boolean; schema: object }>;
  };
};
type Request = { as?: [role: Role, sub: string]; body?: unknown; type?: string; accept?: string };

const place = placesFrom(-64)();
const BOX = [place.lng - 0.01, place.lat - 0.01, place.lng + 0.01, place.lat + 0.01].join();
const PIN = `lat=${place.lat}&lng=${place.lng}&radiusM=500`;
const SERVICE: [Role, string] = ['service', 'rc-service'];
const RIDER: [Role, string] = ['rider', 'rc-rider'];
const DRIVER: [Role, string] = ['driver', 'rc-driver'];

let system: System;
let url: string;
let document: Document;
let ajv: Ajv2020;
/** Takes numbers from text. */
const headerValidator = new Ajv2020({ coerceTypes: true });
/** routes that have answered with their documented status of success */
const succeeded = new Set<RouteName>();

/** Forbids fields that the document does not list. The document itself allows them, for later versions of the service. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isClosed = copy.type === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return isClosed ? { ...copy, additionalProperties: false } : copy;
}

test.beforeAll(async ({ system: shared }) => {
  system = shared;
  url = system.gateways[0]!.url;
  document = (await (await fetch(`${url}/api/openapi.json`)).json()) as Document;
  ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(closed(document) as object, 'document');
});

/** A JSON pointer to a part of the document. */
const pointer = (...parts: string[]): string =>
  `document#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** Headers that concern this service rather than the transfer of a body. */
const OWN_HEADERS = /^(ratelimit-|retry-after|www-authenticate|accept$|x-request-id)/;

/** Checks that each documented header is right, and that there is no other. */
function checkHeaders(sent: Headers, described: Described, where: string): void {
  const names = Object.keys(described.headers ?? {});
  for (const name of names) {
    const value = sent.get(name);
    if (value === null) {
      expect(document.components.headers[name]!.required ?? false, `${where} has no ${name}`).toBe(false);
      continue;
    }
    const { schema } = document.components.headers[name]!;
    expect(headerValidator.validate(schema, value), `${where}, ${name}: ${value}`).toBe(true);
  }
  if (where.includes(' /api/')) expect(sent.get('x-request-id'), where).not.toBeNull();
  const known = names.map((name) => name.toLowerCase());
  const others = [...sent.keys()].filter((name) => OWN_HEADERS.test(name) && !known.includes(name));
  expect(others, where).toEqual([]);
}

/** Sends a request, and checks its answer against the document. @returns the answer; the body of a stream is not read */
async function call(route: RouteName, path: string, { as, body, type: sentType, accept }: Request = {}) {
  const method = route.split(' ')[0]!;
  const headers: Record<string, string> = { ...(accept !== undefined && { accept }) };
  if (as !== undefined) headers.authorization = `Bearer ${await system.token(...as)}`;
  if (body !== undefined) headers['content-type'] = sentType ?? 'application/json';
  const aborter = new AbortController();
  const init: RequestInit = { method, headers, signal: aborter.signal };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(url + path, init);
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const where = `${method} ${path}: ${response.status} ${type}`;

  const template = route.split(' ')[1]!.replaceAll(/:(\w+)/g, '{$1}');
  const { responses } = document.paths[template]![method.toLowerCase()]!;
  const own = responses[String(response.status)];
  if (own === undefined) throw new Error(`${where} is not documented`);
  const shared = own.$ref?.replace('#/components/responses/', '');
  const described = shared === undefined ? own : document.components.responses[shared]!;
  expect(Object.keys(described.content ?? {}), where).toContain(type);
  checkHeaders(response.headers, described, where);
  const isSuccess = response.status === (REST[route]!.status ?? 200);
  if (isSuccess) succeeded.add(route);
  if (type === 'text/event-stream') {
    aborter.abort();
    return { status: response.status, body: null };
  }
  const text = await response.text();
  if (!type.endsWith('json')) {
    expect(text.length, where).toBeGreaterThan(0);
    return { status: response.status, body: null };
  }
  const at =
    shared === undefined
      ? ['paths', template, method.toLowerCase(), 'responses', String(response.status)]
      : ['components', 'responses', shared];
  const isValid = ajv.getSchema(pointer(...at, 'content', type, 'schema'))!;
  const json = JSON.parse(text);
  isValid(json);
  expect(isValid.errors, `${where} does not match its schema: ${text.slice(0, 300)}`).toBeNull();
  // Refusals are documented by code.
  if (!isSuccess) expect(own.description, where).toContain(`\`${json.code}\``);
  return { status: response.status, body: json };
}

describe('every answer matches the OpenAPI document', () => {
  test('of trips and share links', async () => {
    const request = { riderId: 'rc-rider', driverId: 'rc-driver', pickup: place, dropoff: place };
    const trip: Trip = (await call('POST /api/trips', '/api/trips', { as: SERVICE, body: request })).body;
    const path = `/api/trips/${trip.id}`;
    await call('GET /api/trips', '/api/trips', { as: RIDER });
    await call('GET /api/trips', '/api/trips', { as: SERVICE });
    await call('GET /api/trips/:id', path, { as: DRIVER });
    await call('GET /api/trips/:id/summary', `${path}/summary`, { as: RIDER });
    const share = await call('POST /api/trips/:id/share', `${path}/share`, { as: RIDER, body: {} });
    const { token } = share.body as { token: string };
    await call('POST /api/fixes', '/api/fixes', {
      as: DRIVER,
      body: [{ ...place, t: Date.now() }, { t: 'x' }],
    });
    const isThere = async () =>
      (await call('GET /api/drivers/:id/position', '/api/drivers/rc-driver/position', { as: RIDER })).status;
    await expect.poll(isThere).toBe(200);
    await call('GET /api/share/:token', `/api/share/${token}`);
    await call('GET /api/share/:token/route', `/api/share/${token}/route`);
    await call('GET /api/share/:token/events', `/api/share/${token}/events`);
    await call('GET /api/trips/:id/route', `${path}/route`, { as: RIDER });
    const rating = { as: RIDER, body: { stars: 5 } };
    await call('POST /api/trips/:id/rating', `${path}/rating`, rating);
    await call('GET /api/stream/trip/:id', `/api/stream/trip/${trip.id}`, { as: RIDER });
    await call('GET /api/poll/trip/:id', `/api/poll/trip/${trip.id}`, { as: RIDER });
    await call('DELETE /api/trips/:id/share/:token', `${path}/share/${token}`, { as: RIDER });
    await call('GET /api/share/:token', `/api/share/${token}`);
    await call('DELETE /api/trips/:id/share', `${path}/share`, { as: RIDER });
    for (const state of ['arriving', 'arrived', 'on_trip', 'completed', 'arriving'])
      await call('PATCH /api/trips/:id', path, { as: DRIVER, body: { state } });
    await call('POST /api/trips/:id/rating', `${path}/rating`, rating);
    await call('GET /api/trips/:id/summary', `${path}/summary`, { as: RIDER });
    await call('POST /api/trips/:id/share', `${path}/share`, { as: RIDER, body: {} });
  });

  test('of drivers and the fleet', async () => {
    const own: [Role, string] = ['driver', 'rc-fleet'];
    await call('POST /api/fixes', '/api/fixes', { as: own, body: [{ ...place, t: Date.now() }] });
    const isThere = async () =>
      (await call('GET /api/drivers/:id', '/api/drivers/rc-fleet', { as: SERVICE })).status;
    await expect.poll(isThere).toBe(200);
    await call('PUT /api/status', '/api/status', { as: own, body: { status: 'busy' } });
    await call('PUT /api/status', '/api/status', { as: own, body: { status: 'asleep' } });
    const vehicle = {
      make: 'Toyota',
      model: 'Corolla',
      colour: 'white',
      plate: 'RC 1',
      class: 'van',
      seats: 6,
    };
    const profile = { name: 'Rosa', photoUrl: 'https://photos.example/rosa.jpg', vehicle };
    const toProfile = '/api/drivers/rc-fleet';
    expect(await call('PUT /api/drivers/:id', toProfile, { as: SERVICE, body: profile })).toMatchObject({
      status: 200,
      body: profile,
    });
    for (const body of [{}, { ...profile, photoUrl: 'http://photos.example/' }, { ...profile, name: '' }])
      await call('PUT /api/drivers/:id', toProfile, { as: SERVICE, body });
    expect((await call('GET /api/drivers/:id', toProfile, { as: SERVICE })).body).toMatchObject({ profile });
    await call('GET /api/service', `/api/service?lat=${place.lat}&lng=${place.lng}`, { as: RIDER });
    const track = '/api/drivers/rc-fleet/track';
    await call('GET /api/drivers/:id/track', track, { as: own });
    await call('GET /api/drivers/:id/track', track, { as: own, accept: 'application/gpx+xml' });
    await call('GET /api/drivers/:id/track', '/api/drivers/nobody/track', { as: SERVICE });
    await call('GET /api/drivers/:id/log', '/api/drivers/rc-fleet/log', { as: SERVICE });
    await call('GET /api/drivers/:id/log', '/api/drivers/nobody/log', { as: SERVICE });
    await call('GET /api/nearby', `/api/nearby?${PIN}`, { as: SERVICE });
    await call('GET /api/nearby', `/api/nearby?${PIN}`, { as: RIDER });
    await call('GET /api/nearby', '/api/nearby?lat=91&lng=0&radiusM=1', { as: RIDER });
    const at = `lat=${place.lat}&lng=${place.lng}`;
    await call('GET /api/places', `/api/places?q=times&${at}`, { as: RIDER });
    await call('GET /api/places/nearest', `/api/places/nearest?use=pickup&${at}`, { as: RIDER });
    await call('GET /api/fleet', `/api/fleet?bbox=${BOX}`, { as: SERVICE });
    await call('GET /api/fleet', `/api/fleet?bbox=${BOX}&limit=1`, { as: SERVICE });
    await call('GET /api/fleet', '/api/fleet?bbox=-100,-60,100,60', { as: SERVICE });
    await call('GET /api/fleet/history', `/api/fleet/history?bbox=${BOX}`, { as: SERVICE });
    await call('GET /api/fleet/history', '/api/fleet/history?bbox=-100,-60,100,60', { as: SERVICE });
    await call('POST /api/drivers/:id/offline', '/api/drivers/rc-fleet/offline', { as: SERVICE });
  });

  test('of dispatch, feeds and streams', async () => {
    const report = { ...place, kind: 'accident', text: 'two cars' };
    await call('POST /api/incidents', '/api/incidents', { as: SERVICE, body: report });
    await call('POST /api/incidents', '/api/incidents', { as: SERVICE, body: {} });
    const area = { ...place, radiusM: 10 };
    const alert = { area, audience: ['dispatchers'], text: 'road works', expiresAt: Date.now() + 10_000 };
    const sent = await call('POST /api/alerts', '/api/alerts', { as: SERVICE, body: alert });
    await call('POST /api/alerts', '/api/alerts', { as: SERVICE, body: { ...alert, expiresAt: 1 } });
    await call('GET /api/alerts', '/api/alerts', { as: SERVICE });
    await call('DELETE /api/alerts/:id', `/api/alerts/${sent.body.id}`, { as: SERVICE });
    await call('DELETE /api/alerts/:id', '/api/alerts/rc-nothing', { as: SERVICE });
    const notice = { role: 'rider', text: 'hello' };
    await call('POST /api/users/:id/notices', '/api/users/rc-rider/notices', { as: SERVICE, body: notice });
    await call('GET /api/users/:id/presence', '/api/users/rc-rider/presence', { as: SERVICE });
    await call('DELETE /api/users/:id/connections', '/api/users/rc-nobody/connections?role=rider', {
      as: SERVICE,
    });
    await call('GET /api/users/:id/data', '/api/users/rc-rider/data', { as: SERVICE });
    await call('DELETE /api/users/:id/data', '/api/users/rc-nobody/data', { as: SERVICE });
    await call('GET /api/audit', '/api/audit', { as: SERVICE });
    await call('GET /api/feed', '/api/feed', { as: RIDER });
    await call('GET /api/feed', '/api/feed?after=x', { as: RIDER });
    for (const form of ['stream', 'poll'] as const) {
      await call(`GET /api/${form}/feed`, `/api/${form}/feed`, { as: RIDER });
      await call(`GET /api/${form}/nearby`, `/api/${form}/nearby?${PIN}`, { as: RIDER });
      await call(`GET /api/${form}/trip/:id`, `/api/${form}/trip/none`, { as: RIDER });
    }
  });

  test('of notifications', async () => {
    const path = '/api/push/devices/rc-device';
    const device = subscriptionAt('https://push.example.com/rc').json;
    await call('PUT /api/push/devices/:id', path, { as: RIDER, body: device });
    const inside = { ...device, endpoint: 'https://10.0.0.1/rc' };
    await call('PUT /api/push/devices/:id', path, { as: RIDER, body: inside });
    const state = await call('GET /api/push', '/api/push', { as: RIDER });
    expect(state.body.devices).toMatchObject([{ id: 'rc-device' }]);
    const settings = { as: RIDER, body: { off: ['message'], previews: true } };
    await call('PUT /api/push/settings', '/api/push/settings', settings);
    await call('PUT /api/push/settings', '/api/push/settings', { as: RIDER, body: { off: ['none'] } });
    await call('DELETE /api/push/devices/:id', path, { as: RIDER });
  });

  test('of zones', async () => {
    const path = `/api/zones/${regionAt({ lat: 50.5, lng: 10.5 })}`;
    const ring = [
      [10, 50],
      [11, 50],
      [11, 51],
      [10, 51],
      [10, 50],
    ];
    const feature = {
      type: 'Feature',
      id: 'rc-zone',
      properties: { name: 'Harbour', kind: 'no_go' },
      geometry: { type: 'Polygon', coordinates: [ring.toReversed()] },
    };
    const stand = { ...feature, id: 'rc-stand', properties: { name: 'Stand', kind: 'queue' } };
    const draft = `${path}/draft`;
    const route = 'POST /api/zones/:region/draft';
    await call(route, draft, {
      as: SERVICE,
      body: { type: 'FeatureCollection', features: [feature, stand] },
    });
    await call(route, draft, { as: SERVICE, body: { type: 'FeatureCollection', features: [{}] } });
    await call('GET /api/zones/:region/draft', draft, { as: SERVICE });
    const lock = 'DELETE /api/zones/:region/draft/locks/:zoneId';
    await call(lock, `${draft}/locks/rc-zone`, { as: SERVICE });
    await call(lock, `${draft}/locks/none`, { as: SERVICE });
    const compared = await call('GET /api/zones/:region/comparison', `${path}/comparison`, { as: SERVICE });
    const { number, replaces } = compared.body;
    const versions = `${path}/versions`;
    const publish = 'POST /api/zones/:region/versions';
    await call(publish, versions, { as: SERVICE, body: { comment: 'first', number, replaces } });
    await call(publish, versions, { as: SERVICE, body: { comment: 'first', number, replaces } });
    await call('GET /api/zones/:region/versions', versions, { as: SERVICE });
    await call('GET /api/zones/:region/versions/:version', `${versions}/1`, { as: SERVICE });
    await call('GET /api/zones/:region/versions/:version', `${versions}/99`, { as: SERVICE });
    await call('GET /api/zones', '/api/zones', { as: RIDER });
    const inForce = async () => (await call('GET /api/zones/:region', path, { as: SERVICE })).status;
    await expect.poll(inForce).toBe(200);
    const queue = 'GET /api/zones/:region/queues/:zoneId';
    await expect
      .poll(async () => (await call(queue, `${path}/queues/rc-stand`, { as: SERVICE })).status)
      .toBe(200);
    await call(queue, `${path}/queues/rc-zone`, { as: SERVICE });
  });

  test('of operations and documentation', async () => {
    await call('GET /api/nodes', '/api/nodes', { as: SERVICE });
    await call('GET /api/map', '/api/map');
    await call('GET /api/clock', '/api/clock', { as: SERVICE });
    const visitor = { role: 'rider', sub: 'rc-visitor' };
    await call('POST /api/dev/tokens', '/api/dev/tokens', { body: visitor });
    await call('GET /healthz', '/healthz');
    await call('GET /readyz', '/readyz');
    await call('GET /api/openapi.json', '/api/openapi.json');
    await call('GET /api/asyncapi.json', '/api/asyncapi.json');
    await call('GET /api/docs', '/api/docs');
  });

  test.each(Object.entries(REST).filter(([, { roles }]) => roles !== null))(
    'that refuses a request without a token, with a wrong role, id or type, or with a bad body: %s',
    async (name, { roles, params, body }) => {
      const route = name as RouteName;
      const path = route.split(' ')[1]!.replaceAll(/:\w+/g, 'rc-none');
      expect((await call(route, path)).status).toBe(401);
      const other = (['rider', 'driver', 'dispatcher', 'service'] as const).find(
        (role) => !roles!.includes(role),
      );
      if (other !== undefined)
        expect((await call(route, path, { as: [other, 'rc-other'] })).status).toBe(403);
      const user = roles![0]!;
      expect((await call(route, path, { as: [user, 'rc-types'], accept: 'image/png' })).status).toBe(406);
      if (body !== undefined) {
        const plain = { as: [user, 'rc-types'] as [Role, string], body: {}, type: 'text/plain' };
        expect((await call(route, path, plain)).status).toBe(415);
        const bad = await call(route, path, { as: [user, 'rc-bodies'], body: 'text' });
        expect(bad.status).toBe(400);
      }
      if (params === undefined) return;
      const wrong = route.split(' ')[1]!.replaceAll(/:\w+/g, encodeURIComponent('no id'));
      const answer = await call(route, wrong, { as: [user, 'rc-other'] });
      expect(answer.status).toBeGreaterThanOrEqual(400);
    },
  );

  test('and every route was called with success', () => {
    expect(Object.keys(REST).filter((route) => !succeeded.has(route as RouteName))).toEqual([]);
  });
});
