import { connect as connectTcp } from 'node:net';
import { describe, expect } from 'vitest';
import type { Role } from '#protocol';
import { REST, type RestRoute } from '#protocol/docs';
import { type System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
let url: string;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  url = system.gateways[0]!.url;
});

const PARAMETERS: Record<string, string> = {
  ...{ id: 'nobody', token: 'x'.repeat(32) },
  ...{ region: '83d340fffffffff', version: '1', zoneId: 'none' },
};
const QUERY: Record<string, string> = {
  ...{ lat: '40.7', lng: '-74', radiusM: '500', limit: '5', bbox: '-74,40.7,-73.99,40.71' },
  ...{ from: String(Date.now() - 60_000), to: String(Date.now()) },
  ...{ q: 'main', use: 'pickup' },
};
const TEXTS = ['q', 'use'];
const PAGE_OF_THIS_MACHINE = 'http://localhost:5173';
const PAGE_OF_OTHERS = 'https://evil.example';

type Route = { name: string; method: string; path: string; route: RestRoute };

/** Every route, with a path and a query that it accepts. */
const routes: Route[] = Object.entries(REST).map(([name, route]) => {
  const [method, pattern] = name.split(' ') as [string, string];
  const path = pattern.replaceAll(/:(\w+)/g, (_, parameter: string) => PARAMETERS[parameter]!);
  return { name, method, path, route };
});
const search = ({ query }: RestRoute, change: Record<string, string> = {}): string => {
  const names = Object.keys(query?.shape ?? {}).filter((name) => name in QUERY);
  return new URLSearchParams({
    ...Object.fromEntries(names.map((name) => [name, QUERY[name]!])),
    ...change,
  }).toString();
};
const isStream = ({ path }: Route) =>
  path.includes('/stream/') || path.includes('/poll/') || path.endsWith('/events');
const isPrivate = ({ route }: Route) => route.roles !== null;

let users = 0;
/** Sends a request as a user of its own, because a user has only so many requests. */
async function send(
  { path, route, method }: Route,
  init: RequestInit = {},
  query = search(route),
): Promise<Response> {
  const role = route.roles?.[0] as Role | undefined;
  const headers = new Headers(init.headers);
  users += 1;
  if (role !== undefined && !headers.has('authorization'))
    headers.set('authorization', `Bearer ${await system.token(role, `semantics-${users}`)}`);
  return fetch(`${url}${path}${query === '' ? '' : `?${query}`}`, { method, ...init, headers });
}
const allowedAt = ({ name }: Route) => {
  const pattern = name.split(' ')[1]!;
  const methods = Object.keys(REST).flatMap((other) =>
    other.endsWith(` ${pattern}`) ? [other.split(' ')[0]!] : [],
  );
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
};
const allowOf = (response: Response) => response.headers.get('allow')?.split(', ').sort();

describe.each(routes)('$name', (tried) => {
  const { route, method } = tried;

  test('answers a method that it does not have with 405, and OPTIONS with 204, each with Allow', async () => {
    const wrong = ['PUT', 'DELETE', 'PATCH', 'POST', 'PROPFIND'].find(
      (other) => !allowedAt(tried).includes(other),
    )!;
    const refused = await send(tried, { method: wrong });
    expect(refused.status).toBe(405);
    expect(allowOf(refused)).toEqual(allowedAt(tried));
    expect(await refused.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED', retry: false });
    const options = await send(tried, { method: 'OPTIONS', headers: { authorization: '' } });
    expect(options.status).toBe(204);
    expect(allowOf(options)).toEqual(allowedAt(tried));
  });

  test('answers with 406 when it has no acceptable type, and to any type that it has', async () => {
    const refused = await send(tried, { headers: { accept: 'image/png' } });
    expect(refused.status).toBe(406);
    expect(await refused.json()).toMatchObject({ code: 'NOT_ACCEPTABLE' });
    if (method !== 'GET') return;
    for (const accept of Object.keys(route.answers))
      expect((await send(tried, { method: 'HEAD', headers: { accept } })).status).not.toBe(406);
  });

  test.runIf(isPrivate(tried))('challenges a request without a token, or with a bad one', async () => {
    const without = await send(tried, { headers: { authorization: 'none' } });
    expect(without.status).toBe(401);
    expect(without.headers.get('www-authenticate')).toBe('Bearer realm="hexfleet"');
    const bad = await send(tried, { headers: { authorization: 'Bearer x.y.z' } });
    expect(bad.status).toBe(401);
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(bad.headers.get('cache-control')).toBe('no-store');
  });

  test.runIf(method === 'GET')('answers HEAD as GET, without a body, and ends', async () => {
    const head = await send(tried, { method: 'HEAD' });
    expect(await head.text()).toBe('');
    expect([200, 404, 403, 410]).toContain(head.status);
    if (isPrivate(tried)) expect(head.headers.get('cache-control')).toContain('no-store');
    if (isStream(tried)) return;
    const got = await send(tried);
    expect(head.status).toBe(got.status);
    expect(head.headers.get('content-type')).toBe(got.headers.get('content-type'));
    await got.body?.cancel();
  });

  test.runIf(!isStream(tried))('means the same with a slash at the end of its path', async () => {
    const init =
      method === 'GET' || method === 'DELETE'
        ? {}
        : { body: '[]', headers: { 'content-type': 'application/json' } };
    const [plain, slash] = [await send(tried, init), await send({ ...tried, path: `${tried.path}/` }, init)];
    expect(slash.status).toBe(plain.status);
    await Promise.all([plain.body?.cancel(), slash.body?.cancel()]);
  });

  test.runIf(route.body !== undefined)('takes no body but JSON', async () => {
    const refused = await send(tried, { headers: { 'content-type': 'text/plain' }, body: '{}' });
    expect(refused.status).toBe(415);
    expect(refused.headers.get('accept')).toBe('application/json');
    const packed = await send(tried, {
      headers: { 'content-type': 'application/json', 'content-encoding': 'compress' },
      body: '{}',
    });
    expect(packed.status).toBe(415);
    const broken = await send(tried, { headers: { 'content-type': 'application/json' }, body: '{"a":' });
    expect(broken.status).toBe(400);
  });

  test('is readable by pages of this machine, which the demo lists, and by no others', async () => {
    const method = tried.method === 'GET' ? 'HEAD' : 'PROPFIND';
    const ours = await send(tried, { method, headers: { origin: PAGE_OF_THIS_MACHINE } });
    expect(ours.headers.get('access-control-allow-origin')).toBe(PAGE_OF_THIS_MACHINE);
    expect(ours.headers.get('vary')?.toLowerCase()).toContain('origin');
    const others = await send(tried, { method, headers: { origin: PAGE_OF_OTHERS } });
    expect(others.headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await send(tried, {
      method: 'OPTIONS',
      headers: {
        origin: PAGE_OF_THIS_MACHINE,
        'access-control-request-method': tried.method,
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain(tried.method);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
  });

  const numbers = Object.keys(route.query?.shape ?? {}).filter(
    (name) => name in QUERY && !TEXTS.includes(name),
  );
  test.runIf(numbers.length > 0)('refuses a number that is empty, blank or written otherwise', async () => {
    for (const name of numbers)
      for (const bad of ['', ' ', '0x28', '1e2', ' 12 ', 'NaN', '+5', 'Infinity']) {
        const refused = await send(tried, {}, search(route, { [name]: bad }));
        expect({ name, bad, status: refused.status }).toEqual({ name, bad, status: 400 });
        expect(await refused.json()).toMatchObject({ code: expect.stringMatching(/^BAD_/), retry: false });
      }
    const repeated = await send(tried, {}, `${search(route)}&${numbers[0]}=${QUERY[numbers[0]!]}`);
    expect(repeated.status).toBe(400);
  });

  test.runIf(route.roles?.every((role) => role === 'rider' || role === 'driver'))(
    'answers a rider or a driver with the number of requests left',
    async () => {
      const { headers } = await send(tried, { method: method === 'GET' ? 'HEAD' : method });
      expect(headers.get('ratelimit-limit')).toBe('60');
      expect(headers.get('ratelimit-remaining')).toBe('59');
      expect(Number(headers.get('ratelimit-reset'))).toBe(1);
    },
  );
});

test('a public document that has not changed is answered with 304', async () => {
  const cacheable: string[] = [];
  for (const tried of routes.filter((one) => !isPrivate(one) && one.method === 'GET' && !isStream(one))) {
    const first = await send(tried);
    await first.body?.cancel();
    if (!first.headers.get('cache-control')?.startsWith('public')) continue;
    const again = await send(tried, {
      headers: { 'if-none-match': first.headers.get('etag')!, 'cache-control': 'max-age=0' },
    });
    expect({ path: tried.path, status: again.status }).toEqual({ path: tried.path, status: 304 });
    cacheable.push(tried.path);
  }
  expect(cacheable).toEqual(
    expect.arrayContaining(['/api/openapi.json', '/api/asyncapi.json', '/api/docs', '/api/map']),
  );
});

test('a request beyond the limit is refused with the time after which to try again', async () => {
  const headers = { authorization: `Bearer ${await system.token('rider', 'semantics-often')}` };
  const responses = await Promise.all(
    Array.from({ length: 150 }, () => fetch(`${url}/api/trips`, { headers })),
  );
  const refused = responses.find(({ status }) => status === 429)!;
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('ratelimit-limit')).toBe('60');
  expect(refused.headers.get('ratelimit-remaining')).toBe('0');
  expect(Number(refused.headers.get('ratelimit-reset'))).toBeGreaterThan(4);
});

test('a page has no methods but GET and HEAD', async () => {
  for (const path of ['/', '/driver', '/rider/', '/share/abc', '/dispatch.html']) {
    expect((await fetch(`${url}${path}`, { method: 'HEAD' })).status).toBe(200);
    const refused = await fetch(`${url}${path}`, { method: 'POST', body: '' });
    expect({ path, status: refused.status }).toEqual({ path, status: 405 });
    expect(allowOf(refused)).toEqual(['GET', 'HEAD', 'OPTIONS']);
  }
  const page = await fetch(`${url}/driver`);
  const again = await fetch(`${url}/driver`, {
    headers: { 'if-none-match': page.headers.get('etag')!, 'cache-control': 'max-age=0' },
  });
  expect(again.status).toBe(304);
  expect((await fetch(`${url}/nothing`, { method: 'POST' })).status).toBe(404);
});

test('an id of dots is no other address', async () => {
  const { hostname, port } = new URL(url);
  const token = await system.token('service', 'semantics-dots');
  for (const id of ['.', '..', '%2e', '%2E%2e']) {
    const text = await new Promise<string>((resolve) => {
      let answer = '';
      const socket = connectTcp(Number(port), hostname, () =>
        socket.write(
          `GET /api/trips/${id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
        ),
      );
      socket.on('data', (chunk) => (answer += chunk)).on('close', () => resolve(answer));
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"BAD_ID"');
  }
});
