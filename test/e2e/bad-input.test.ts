import { connect as connectTcp } from 'node:net';
import { gridDisk, latLngToCell } from 'h3-js';
import { SignJWT } from 'jose';
import { io } from 'socket.io-client';
import { afterAll, describe, expect } from 'vitest';
import { CODES } from '#protocol';
import { REGION_RESOLUTION } from '../../libs/geo/src/grid.js';
import { ask, askWrongly, connectStock, drive, pushes, type StockClient } from '../fixtures/clients.js';
import { rest } from '../fixtures/rest.js';
import { type System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
let driver: StockClient;
let rider: StockClient;
let dispatcher: StockClient;
/** Another client, which must not be affected. */
let bystander: StockClient;

test.beforeAll(async ({ system: shared }) => {
  system = shared;
  const on = async (namespace: string, role: 'driver' | 'rider' | 'dispatcher', sub: string) =>
    connectStock(system.gateways[0]!.url, namespace, await system.token(role, sub));
  driver = await on('/driver', 'driver', 'bad-driver');
  rider = await on('/rider', 'rider', 'bad-rider');
  dispatcher = await on('/dispatch', 'dispatcher', 'bad-desk');
  bystander = await on('/driver', 'driver', 'good-driver');
});
afterAll(async () => {
  for (const { socket } of [driver, rider, dispatcher, bystander]) {
    expect(socket.connected, 'bad input never ends a connection').toBe(true);
    socket.disconnect();
  }
});

const sign = (claims: object, secret = 'a secret of the tests, at least 32 characters', exp = '1h') =>
  new SignJWT(claims as Record<string, unknown>)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(exp)
    .sign(Buffer.from(secret));
const refused = async (namespace: string, token: unknown) =>
  connectStock(system.url, namespace, token).then(
    () => 'connected',
    (error) => error.data?.code,
  );
const fix = (change: object) => ({ ...drive(1)[0], ...change });

describe('the handshake', () => {
  test('is refused with an error code', async () => {
    expect(await refused('/driver', undefined)).toBe('NO_TOKEN');
    expect(await refused('/driver', 'not.a.token')).toBe('BAD_TOKEN');
    expect(await refused('/driver', { a: 1 })).toBe('BAD_TOKEN');
    expect(
      await refused(
        '/driver',
        await sign({ sub: 'x', role: 'driver' }, 'another secret of at least 32 characters'),
      ),
    ).toBe('BAD_TOKEN');
    expect(await refused('/driver', await sign({ sub: 'x', role: 'driver' }, undefined, '-1s'))).toBe(
      'TOKEN_EXPIRED',
    );
    expect(await refused('/driver', await sign({ role: 'driver' }))).toBe('BAD_CLAIMS');
    expect(await refused('/driver', await sign({ sub: 'x' }))).toBe('BAD_CLAIMS');
    for (const sub of ['a b', '.', '..', ''])
      expect(await refused('/driver', await sign({ sub, role: 'driver' }))).toBe('BAD_ID');
    expect(await refused('/driver', await sign({ sub: 'x', role: 'king' }))).toBe('BAD_CLAIMS');
    expect(
      await refused('/driver', `${(await system.token('driver', 'x')).split('.').slice(0, 2).join('.')}.`),
    ).toBe('BAD_TOKEN');
    expect(await refused('/driver', await system.token('rider', 'x'))).toBe('WRONG_ROLE');
    expect(await refused('/rider', await system.token('dispatcher', 'x'))).toBe('WRONG_ROLE');
    expect(await refused('/dispatch', await system.token('driver', 'x'))).toBe('WRONG_ROLE');
    expect(await refused('/', await system.token('driver', 'x'))).toBe('NO_NAMESPACE');
  });

  test('negotiates the protocol version, which defaults to the oldest', async () => {
    const token = await system.token('driver', 'versioned');
    for (const version of [undefined, null, 1]) {
      const { socket, hello } = await connectStock(system.url, '/driver', token, { version });
      expect(hello).toMatchObject({ version: 1 });
      socket.disconnect();
    }
  });

  test.each([[0], [2], ['1'], ['x'], [{}], [[1]], [true]])(
    'with version %j is refused, and the error lists the supported versions',
    async (version) => {
      for (const [namespace, role] of [
        ['/driver', 'driver'],
        ['/rider', 'rider'],
        ['/dispatch', 'dispatcher'],
      ] as const) {
        const token = await system.token(role, 'versioned');
        const error = await connectStock(system.url, namespace, token, { version }).catch((error) => error);
        expect(error.data).toEqual({
          code: 'BAD_VERSION',
          retry: false,
          message: 'The service does not speak this version of the protocol (this service speaks 1)',
          supported: [1],
        });
      }
    },
  );

  test('an expired token ends the connection', async () => {
    const short = await connectStock(
      system.url,
      '/driver',
      await sign({ sub: 'short', role: 'driver' }, undefined, '4s'),
    );
    await expect.poll(() => short.socket.connected).toBe(false);
  });
});

describe('a fix', () => {
  const now = Date.now();
  test.each([
    ['without latitude', fix({ lat: undefined }), 'BAD_POSITION'],
    ['without longitude', fix({ lng: undefined }), 'BAD_POSITION'],
    ['with a string as latitude', fix({ lat: '40.7' }), 'BAD_POSITION'],
    ['with NaN', fix({ lat: Number.NaN }), 'BAD_POSITION'],
    ['beyond the pole', fix({ lat: 90.1 }), 'BAD_POSITION'],
    ['beyond the antimeridian', fix({ lng: -180.5 }), 'BAD_POSITION'],
    ['at exactly 0,0', fix({ lat: 0, lng: 0 }), 'NULL_ISLAND'],
    ['without time', fix({ t: undefined }), 'BAD_TIME'],
    ['with a time that is text', fix({ t: 'now' }), 'BAD_TIME'],
    ['with a time in seconds', fix({ t: Math.floor(now / 1_000) }), 'TIME_IN_SECONDS'],
    ['with a time in the future', fix({ t: now + 120_000 }), 'TIME_IN_FUTURE'],
    ['with a time over a day old', fix({ t: now - 25 * 3_600_000 }), 'TIME_TOO_OLD'],
    ['faster than sound', fix({ speedMps: 1_001 }), 'BAD_SPEED'],
    ['with a heading beyond 360', fix({ heading: 360.5 }), 'BAD_HEADING'],
    ['with a battery beyond 100 %', fix({ batteryPct: 101 }), 'BAD_BATTERY'],
    ['with a fractional sequence number', fix({ seq: 1.5 }), 'BAD_SEQ'],
    ['of null', null, 'BAD_REQUEST'],
  ] as const)('%s is rejected', async (_, bad, code) => {
    expect(await askWrongly(driver, 'fixes', [bad])).toEqual({
      ok: true,
      accepted: 0,
      rejected: [{ index: 0, code, message: expect.stringContaining(CODES[code].message) }],
    });
  });

  test('is validated individually: a batch accepts its valid fixes and identifies the invalid ones', async () => {
    const batch = [fix({}), fix({ lat: 91 }), fix({ t: Date.now() }), fix({ heading: 400 })];
    expect(await askWrongly(driver, 'fixes', batch)).toEqual({
      ok: true,
      accepted: 2,
      rejected: [
        { index: 1, code: 'BAD_POSITION', message: expect.stringContaining('(lat)') },
        { index: 3, code: 'BAD_HEADING', message: expect.stringContaining('(heading)') },
      ],
    });
  });

  test('with fields that the service does not know is accepted, and the answer names them', async () => {
    const [first, second] = [fix({ speed: 3, bearing: 12 }), fix({ t: Date.now(), speed: 4 })];
    const answer = { accepted: 2, rejected: [], ignored: ['speed', 'bearing'] };
    expect(await askWrongly(driver, 'fixes', [first, second])).toEqual({ ok: true, ...answer });
    // Another driver: without a device name, the request would count as a second device of this one.
    const token = await system.token('driver', 'bad-driver-http');
    const { body } = await rest(`${system.url}/api/fixes`, 'POST', token, [first, second]);
    expect(body).toEqual(answer);
  });

  test('shows dispatch what it carries besides the position, until the next fix', async () => {
    const phone = await connectStock(system.url, '/driver', await system.token('driver', 'extras'));
    const extras = { altitudeM: 12.5, batteryPct: 55, isMock: true, provider: 'fused' };
    const now = Date.now();
    const desk = await system.token('dispatcher', 'bad-desk');
    const stored = async () => (await rest(`${system.url}/api/drivers/extras`, 'GET', desk)).body;
    await askWrongly(phone, 'fixes', [fix({ t: now - 1_000, heading: -1, speedMps: -1, ...extras })]);
    await expect.poll(stored).toMatchObject({ position: { t: now - 1_000, heading: 0 }, extras });
    await askWrongly(phone, 'fixes', [fix({ t: now })]);
    await expect.poll(stored).toMatchObject({ position: { t: now }, extras: null });
    phone.socket.disconnect();
  });

  test('may omit optional fields or set them to null', async () => {
    expect(
      await askWrongly(driver, 'fixes', [fix({ heading: null, speedMps: null, accuracyM: null, seq: null })]),
    ).toMatchObject({ accepted: 1 });
  });

  test.each([
    ['an empty batch', []],
    ['101 fixes', drive(101)],
    ['not an array', { t: 1 }],
    ['nothing', undefined],
  ])('in a malformed batch is refused: %s', async (_, batch) => {
    expect(await askWrongly(driver, 'fixes', batch)).toMatchObject({
      ok: false,
      code: 'BAD_BATCH',
      retry: false,
    });
  });

  test('in a payload over the size limit is refused', async () => {
    const large = fix({ note: 'x'.repeat(70_000) });
    expect(await askWrongly(driver, 'fixes', [large])).toMatchObject({ ok: false, code: 'TOO_LARGE' });
  });

  test('in a malformed payload ends only that connection', async () => {
    const vandal = await connectStock(
      system.gateways[0]!.url,
      '/driver',
      await system.token('driver', 'vandal'),
    );
    vandal.socket.emit('fixes', 'x'.repeat(2_000_000));
    await expect.poll(() => vandal.socket.connected).toBe(false);
    expect(bystander.socket.connected).toBe(true);
  });
});

describe('a request', () => {
  test('with an unknown event name is refused', async () => {
    expect(await askWrongly(driver, 'fix', {})).toMatchObject({ ok: false, code: 'UNKNOWN_EVENT' });
    expect(await askWrongly(driver, 'nearby:watch', {})).toMatchObject({ ok: false, code: 'UNKNOWN_EVENT' });
    expect(await askWrongly(rider, 'toString', {})).toMatchObject({ ok: false, code: 'UNKNOWN_EVENT' });
  });

  test('with a malformed payload is refused', async () => {
    const last = (event: string, ...args: unknown[]) =>
      new Promise((resolve) => driver.socket.emit(event, ...args, resolve));
    expect(await last('fixes')).toMatchObject({ ok: false, code: 'BAD_BATCH' });
    expect(await last('fixes', [], 1)).toMatchObject({ ok: false, code: 'BAD_BATCH' });
    expect(await last('fixes', drive(1), 'extra')).toMatchObject({ ok: true, accepted: 1 });
    expect(await last('status')).toMatchObject({ ok: false, code: 'BAD_STATUS' });
    rider.socket.emit(1 as unknown as string);
    await expect
      .poll(() => pushes(rider, 'refused').at(-1))
      .toMatchObject({ event: '1', code: 'UNKNOWN_EVENT' });
    expect(await last('fixes', drive(1))).toMatchObject({ ok: true });
  });

  test('without an acknowledgement function is refused', async () => {
    driver.socket.emit('status', 'busy');
    await expect
      .poll(() => pushes(driver, 'refused'))
      .toMatchObject([{ event: 'status', code: 'ACK_REQUIRED' }]);
    driver.socket.emit('nonsense');
    await expect
      .poll(() => pushes(driver, 'refused').at(-1))
      .toMatchObject({ event: 'nonsense', code: 'UNKNOWN_EVENT' });
  });

  test.each([['driving'], [null], [{}], [undefined]])('with status %j is refused', async (status) => {
    expect(await askWrongly(driver, 'status', status)).toMatchObject({ ok: false, code: 'BAD_STATUS' });
  });

  test.each([
    [{ lat: 40, lng: -73, radiusM: 0 }, 'BAD_RADIUS'],
    [{ lat: 40, lng: -73, radiusM: 5_000_000 }, 'BAD_RADIUS'],
    [{ lat: 40, lng: -73 }, 'BAD_RADIUS'],
    [{ lat: 95, lng: -73, radiusM: 500 }, 'BAD_POSITION'],
    ['here', 'BAD_REQUEST'],
  ])('nearby:watch with %j is refused', async (area, code) => {
    expect(await askWrongly(rider, 'nearby:watch', area)).toMatchObject({ ok: false, code });
  });

  test.each([
    [[10, 50, 5, 60], 'AREA_TOO_LARGE'],
    [[5, 60, 10, 50], 'BAD_BBOX'],
    [[170, -10, -170, 10], 'AREA_TOO_LARGE'],
    [[10, 50, 10, 60], 'BAD_BBOX'],
    [[5, 50, 10], 'BAD_BBOX'],
    ['all', 'BAD_BBOX'],
    [[-180, -90, 180, 90], 'AREA_TOO_LARGE'],
    [[-10, 36, 30, 60], 'AREA_TOO_LARGE'],
    [[-89, 0, 90, 0.001], 'AREA_TOO_LARGE'],
    [[0, -90, 0.0001, 90], 'AREA_TOO_LARGE'],
    [[-179, 10, 179, 10.001], 'AREA_TOO_LARGE'],
  ])('fleet:watch with %j is refused', async (bbox, code) => {
    expect(await askWrongly(dispatcher, 'fleet:watch', { bbox, zoom: 10 })).toMatchObject({
      ok: false,
      code,
    });
  });

  test.each([['.'], ['..'], ['a b'], ['{}'], ['a\u0000b'], ['x'.repeat(1_000)], [''], [42], [null], [{}]])(
    'with id %j is refused',
    async (id) => {
      expect(await askWrongly(dispatcher, 'driver:watch', { driverId: id })).toMatchObject({
        ok: false,
        code: 'BAD_ID',
      });
      expect(await askWrongly(rider, 'trip:watch', { tripId: id })).toMatchObject({
        ok: false,
        code: 'BAD_ID',
      });
    },
  );

  test('for a trip that does not exist is refused', async () => {
    expect(await askWrongly(rider, 'trip:watch', { tripId: 'none' })).toMatchObject({
      ok: false,
      code: 'NO_SUCH_TRIP',
    });
  });
});

describe('REST', () => {
  const place = { lat: 40.7, lng: -74 };
  const trip = { riderId: 'r', driverId: 'd', pickup: place, dropoff: place };

  test('refuses with the error code and the matching HTTP status', async () => {
    const service = await system.token('service', 's');
    const someone = await system.token('rider', 'someone');
    const tries: Array<[string, string, string | null, unknown, number, string]> = [
      ['POST', '/api/trips', null, trip, 401, 'NO_TOKEN'],
      ['POST', '/api/trips', 'x.y.z', trip, 401, 'BAD_TOKEN'],
      ['POST', '/api/trips', someone, trip, 403, 'WRONG_ROLE'],
      ['POST', '/api/trips', service, '{"riderId":', 400, 'BAD_REQUEST'],
      ['POST', '/api/trips', service, {}, 400, 'BAD_POSITION'],
      ['POST', '/api/trips', service, { ...trip, riderId: undefined }, 400, 'BAD_ID'],
      ['POST', '/api/trips', service, { ...trip, riderId: 'a b' }, 400, 'BAD_ID'],
      ['POST', '/api/trips', service, { ...trip, pickup: { lat: 1 } }, 400, 'BAD_POSITION'],
      ['POST', '/api/trips', service, { ...trip, note: 'x'.repeat(100_000) }, 413, 'TOO_LARGE'],
      ['GET', '/api/trips/none', service, undefined, 404, 'NO_SUCH_TRIP'],
      ['GET', '/api/trips/a%20b', service, undefined, 400, 'BAD_ID'],
      ['POST', '/api/trips', service, { ...trip, riderId: '..' }, 400, 'BAD_ID'],
      ['POST', '/api/trips', service, { ...trip, driverId: '.' }, 400, 'BAD_ID'],
      ['PATCH', '/api/trips/none', service, { state: 'flying' }, 400, 'BAD_REQUEST'],
      ['GET', '/api/nearby?lat=40&lng=-73&radiusM=0', service, undefined, 400, 'BAD_RADIUS'],
      ['GET', '/api/nearby?lat=40&radiusM=10', service, undefined, 400, 'BAD_POSITION'],
      ['GET', '/api/nearby?lat=40&lng=-73&radiusM=10&limit=1000', service, undefined, 400, 'BAD_LIMIT'],
      ['GET', '/api/drivers/nobody', service, undefined, 404, 'NO_SUCH_DRIVER'],
      ['GET', '/api/drivers/nobody/position', service, undefined, 404, 'NO_SUCH_DRIVER'],
      ['GET', '/api/drivers/nobody/position', someone, undefined, 403, 'NOT_YOUR_TRIP'],
      ['GET', '/api/nodes', someone, undefined, 403, 'WRONG_ROLE'],
      ['GET', '/api/elsewhere', service, undefined, 404, 'NOT_FOUND'],
    ];
    for (const [method, path, token, body, status, code] of tries) {
      const answer = await rest(`${system.url}${path}`, method, token, body);
      expect({ path, status: answer.status, code: answer.body.code }).toEqual({ path, status, code });
      expect(answer.body).toMatchObject({ message: expect.any(String), retry: false });
    }
  });

  test('a trip makes only the transitions in its state table, by its own parties', async () => {
    const service = await system.token('service', 's');
    const { body } = await rest(`${system.url}/api/trips`, 'POST', service, trip);
    const change = async (state: string, role: 'driver' | 'rider', sub: string) =>
      rest(`${system.url}/api/trips/${body.id}`, 'PATCH', await system.token(role, sub), { state });
    expect((await rest(`${system.url}/api/trips`, 'POST', service, trip)).body.code).toBe('DRIVER_ON_TRIP');
    expect((await change('arriving', 'driver', 'other')).body.code).toBe('NOT_YOUR_TRIP');
    expect((await change('arriving', 'rider', 'r')).body.code).toBe('WRONG_ROLE');
    const skipped = await change('completed', 'driver', 'd');
    expect(skipped).toMatchObject({
      status: 409,
      body: { code: 'BAD_STATE', message: expect.stringContaining('it is accepted') },
    });
    for (const state of ['arriving', 'arrived', 'on_trip', 'completed']) {
      expect((await change(state, 'driver', 'd')).body).toMatchObject({ id: body.id, state });
    }
    expect((await change('cancelled', 'rider', 'r')).body.code).toBe('BAD_STATE');
    expect((await rest(`${system.url}/api/trips`, 'POST', service, trip)).status).toBe(201);
  });
});

test('a client follows at most 100 drivers and 50 regions at a time', async () => {
  const client = await connectStock(
    system.gateways[0]!.url,
    '/dispatch',
    await system.token('dispatcher', 'follows-many'),
  );
  const regions = gridDisk(latLngToCell(-33, 151, REGION_RESOLUTION), 4).slice(0, 51);
  const watchRegion = (region: string) => ask(client, 'region:watch', { region });
  const watchDriver = (n: number) => ask(client, 'driver:watch', { driverId: `followed-${n}` });
  const last = regions.pop()!;
  for (const region of regions) expect(await watchRegion(region)).toMatchObject({ ok: true });
  expect(await watchRegion(last)).toMatchObject({ ok: false, code: 'TOO_MANY_WATCHES' });
  await ask(client, 'region:unwatch', { region: regions[0]! });
  expect(await watchRegion(last)).toMatchObject({ ok: true });
  for (let n = 0; n < 100; n += 1) expect(await watchDriver(n)).toMatchObject({ ok: true });
  expect(await watchDriver(100)).toMatchObject({ ok: false, code: 'TOO_MANY_WATCHES' });
  await ask(client, 'driver:unwatch', { driverId: 'followed-0' });
  expect(await watchDriver(100)).toMatchObject({ ok: true });
  client.socket.disconnect();
});

test('garbage on the wire does not affect other clients', async () => {
  const { port, hostname } = new URL(system.url);
  for (const garbage of [
    '\u0000\u0001\u0002\r\n\r\n',
    'GET /socket.io/?EIO=4&transport=polling&sid=none HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
  ]) {
    await new Promise((resolve) => {
      const socket = connectTcp(Number(port), hostname, () => socket.end(garbage));
      socket
        .on('data', () => {})
        .on('error', () => {})
        .on('close', resolve);
    });
  }
  const burst = io(`${system.gateways[0]!.url}/driver`, {
    forceNew: true,
    transports: ['websocket'],
    auth: { token: await system.token('driver', 'burst') },
  });
  const answers = await Promise.all(
    Array.from({ length: 700 }, () => burst.timeout(10_000).emitWithAck('status', 'available')),
  );
  expect(answers.filter(({ ok }) => !ok)[0]).toMatchObject({ code: 'RATE_LIMITED', retry: true });
  burst.disconnect();
  expect(await askWrongly(bystander, 'fixes', drive(1))).toEqual({ ok: true, accepted: 1, rejected: [] });
});
