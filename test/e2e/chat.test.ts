import { afterEach, describe, expect } from 'vitest';
import { type AuditEntry, MAX_TEXT_LENGTH, type Role } from '#protocol';
import { ask, askWrongly, connectStock, pushes, type StockClient } from '../fixtures/clients.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const place = { lat: 40.75, lng: -73.99 };

let system: System;
/** A second gateway of the installation on which dispatchers may read chats. */
let support: System;
const open: StockClient[] = [];

test.beforeAll(async ({ system: shared, support: sharedSupport }) => {
  system = shared;
  support = sharedSupport;
});
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.disconnect();
});

const NAMESPACES = { rider: '/rider', driver: '/driver', dispatcher: '/dispatch', service: '/dispatch' };
async function on(node: number, role: Role, sub: string, where = system): Promise<StockClient> {
  const token = await where.token(role, sub);
  const client = await connectStock(where.gateways[node]!.url, NAMESPACES[role], token);
  open.push(client);
  return client;
}
const call = async (role: Role, sub: string, method: string, path: string, body?: unknown, where = system) =>
  rest(`${where.url}/api${path}`, method, await where.token(role, sub), body);

/** Creates a trip that the driver has accepted. */
async function tripOf(name: string): Promise<{ tripId: string; riderId: string; driverId: string }> {
  const ids = { riderId: `${name}-rider`, driverId: `${name}-driver` };
  const { body } = await call('service', 's', 'POST', '/trips', { ...ids, pickup: place, dropoff: place });
  return { tripId: body.id, ...ids };
}
const end = (tripId: string) => call('service', 's', 'PATCH', `/trips/${tripId}`, { state: 'cancelled' });
const chatOf = (client: StockClient) => client.received.filter(({ event }) => event.startsWith('chat'));
const bySeq = (messages: any[]) => messages.toSorted((a, b) => a.seq - b.seq);

describe('a chat', () => {
  test('reaches all devices of both parties on all nodes in the same order, and nobody else', async () => {
    const { tripId, riderId, driverId } = await tripOf('both');
    const rider = await on(0, 'rider', riderId);
    const tablet = await on(1, 'rider', riderId);
    const driver = await on(1, 'driver', driverId);
    const others = [
      await on(0, 'rider', 'both-stranger'),
      await on(1, 'driver', 'both-stranger'),
      await on(0, 'driver', riderId),
      await on(1, 'rider', driverId),
      await on(0, 'dispatcher', 'both-desk'),
    ];
    expect(await ask(others[4]!, 'trips:watch', {})).toMatchObject({ ok: true });

    const answers = await Promise.all(
      [0, 1, 2, 3, 4].flatMap((i) => [
        ask(rider, 'chat:send', { tripId, id: `m${i}`, text: `from the rider ${i}` }),
        ask(driver, 'chat:send', { tripId, id: `m${i}`, text: `from the driver ${i}` }),
      ]),
    );
    const messages = bySeq(answers.map((answer: any) => answer.message));
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(messages[0]).toEqual({
      tripId,
      seq: 1,
      id: 'm0',
      from: expect.stringMatching(/^both-(rider|driver)$/),
      role: expect.stringMatching(/^(rider|driver)$/),
      text: expect.stringMatching(/^from the (rider|driver) 0$/),
      at: expect.any(Number),
    });
    const ofRider = messages.filter(({ role }) => role === 'rider');
    expect(
      ofRider.map(({ text }) => text),
      'in order of sending',
    ).toEqual([0, 1, 2, 3, 4].map((i) => `from the rider ${i}`));
    for (const client of [rider, tablet, driver])
      await expect.poll(() => bySeq(pushes(client, 'chat'))).toEqual(messages);
    for (const client of [rider, driver])
      expect(await ask(client, 'chat:history', { tripId })).toMatchObject({ ok: true, messages, unread: 5 });
    for (const other of others) expect(chatOf(other)).toEqual([]);
    await end(tripId);
  });

  test('stores a message once, however often it is sent', async () => {
    const { tripId, riderId, driverId } = await tripOf('once');
    const [rider, tablet] = [await on(0, 'rider', riderId), await on(1, 'rider', riderId)];
    const driver = await on(1, 'driver', driverId);
    const send = (client: StockClient, text: string) => ask(client, 'chat:send', { tripId, id: 'x', text });
    const answers = await Promise.all([
      send(rider, 'hello'),
      send(tablet, ' hello\r\n'),
      send(rider, 'hello'),
    ]);
    expect(answers[0]).toMatchObject({ ok: true, message: { seq: 1, text: 'hello' } });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await send(tablet, 'bye')).toMatchObject({
      ok: false,
      code: 'IDEMPOTENCY_KEY_REUSED',
      retry: false,
    });
    expect(await send(driver, 'bye')).toMatchObject({ ok: true, message: { seq: 2, id: 'x' } });
    expect(await ask(rider, 'chat:history', { tripId })).toMatchObject({
      messages: [{ seq: 1 }, { seq: 2 }],
    });
    await end(tripId);
    expect(await send(rider, 'hello'), 'the response was lost, then the trip ended').toEqual(answers[0]);
  });

  test('returns missed messages in order, on any node', async () => {
    const { tripId, riderId, driverId } = await tripOf('missed');
    const rider = await on(0, 'rider', riderId);
    const before = await on(0, 'driver', driverId);
    await ask(rider, 'chat:send', { tripId, id: '1', text: 'a' });
    await expect.poll(() => pushes(before, 'chat')).toHaveLength(1);
    before.socket.disconnect();
    for (const id of ['2', '3', '4']) await ask(rider, 'chat:send', { tripId, id, text: id });
    const back = await on(1, 'driver', driverId);
    const page = (query: object) => ask(back, 'chat:history', { tripId, ...query });
    const seqs = (answer: any) => answer.messages.map(({ seq }: { seq: number }) => seq);
    expect(await page({ after: 1 })).toMatchObject({ unread: 4, receipts: [] });
    expect(seqs(await page({ after: 1 }))).toEqual([2, 3, 4]);
    expect(seqs(await page({ limit: 2 }))).toEqual([3, 4]);
    expect(seqs(await page({ limit: 2, before: 3 }))).toEqual([1, 2]);
    await end(tripId);
  });

  test('pushes delivered and read receipts to both parties, and receipts never move backwards', async () => {
    const { tripId, riderId, driverId } = await tripOf('receipts');
    const [rider, driver] = [await on(0, 'rider', riderId), await on(1, 'driver', driverId)];
    const phone = await on(0, 'driver', driverId);
    for (const id of ['1', '2', '3']) await ask(rider, 'chat:send', { tripId, id, text: id });
    const mark = (event: 'chat:read' | 'chat:delivered', seq: number) => ask(driver, event, { tripId, seq });
    expect(await mark('chat:delivered', 2)).toEqual({ ok: true, unread: 3 });
    expect(await mark('chat:read', 2)).toEqual({ ok: true, unread: 1 });
    expect(await mark('chat:read', 1)).toEqual({ ok: true, unread: 1 });
    expect(await mark('chat:delivered', 1)).toEqual({ ok: true, unread: 1 });
    expect(await mark('chat:read', 99), 'the last one').toEqual({ ok: true, unread: 0 });
    const by = { tripId, by: driverId, role: 'driver', at: expect.any(Number) };
    for (const client of [rider, phone])
      await expect
        .poll(() => pushes(client, 'chat:receipt').toSorted((a, b) => a.at - b.at || a.read - b.read))
        .toEqual([
          { ...by, delivered: 2, read: 0 },
          { ...by, delivered: 2, read: 2 },
          { ...by, delivered: 3, read: 3 },
        ]);
    expect(await ask(rider, 'chat:history', { tripId })).toMatchObject({
      receipts: [{ ...by, delivered: 3, read: 3 }],
      unread: 0,
    });
    await end(tripId);
  });

  test('shows a typing indicator only to the other party, briefly, and does not store it', async () => {
    const { tripId, riderId, driverId } = await tripOf('typing');
    const [rider, tablet] = [await on(0, 'rider', riderId), await on(1, 'rider', riderId)];
    const driver = await on(1, 'driver', driverId);
    const from = Date.now();
    for (const client of [rider, tablet, rider])
      expect(await ask(client, 'chat:typing', { tripId })).toEqual({ ok: true });
    await expect.poll(() => pushes(driver, 'chat:typing').length).toBeGreaterThan(0);
    const [typing] = pushes(driver, 'chat:typing');
    expect(typing).toEqual({ tripId, from: riderId, until: expect.any(Number) });
    expect(typing!.until).toBeGreaterThan(from);
    expect([...chatOf(rider), ...chatOf(tablet)]).toEqual([]);
    expect(await system.redis.client.keys(`chat:{${tripId}}*`)).not.toContain(`chat:{${tripId}}`);
    await expect
      .poll(async () => {
        await ask(rider, 'chat:typing', { tripId });
        return pushes(driver, 'chat:typing').at(-1)!.until;
      })
      .toBeGreaterThan(typing!.until);
    await end(tripId);
  });

  test('accepts messages only while a driver is on the trip, and stays readable afterwards', async () => {
    const rider = await on(0, 'rider', 'when-rider');
    const { body: trip } = await call('rider', 'when-rider', 'POST', '/trips', {
      pickup: place,
      dropoff: place,
    });
    const tripId = trip.id;
    const send = (client: StockClient, id: string) => ask(client, 'chat:send', { tripId, id, text: 'hi' });
    expect(await send(rider, '1')).toMatchObject({
      code: 'BAD_STATE',
      message: expect.stringContaining('requested'),
    });
    expect(await ask(rider, 'chat:typing', { tripId })).toMatchObject({ code: 'BAD_STATE' });
    expect(await ask(rider, 'chat:history', { tripId })).toEqual({
      ok: true,
      messages: [],
      receipts: [],
      unread: 0,
    });
    await call('dispatcher', 'desk', 'PATCH', `/trips/${tripId}`, {
      state: 'accepted',
      driverId: 'when-driver',
    });
    const driver = await on(1, 'driver', 'when-driver');
    expect(await send(rider, '1')).toMatchObject({ ok: true });
    await end(tripId);
    for (const client of [rider, driver]) {
      expect(await send(client, '2')).toMatchObject({ code: 'TRIP_OVER', retry: false });
      expect(await ask(client, 'chat:typing', { tripId })).toMatchObject({ code: 'TRIP_OVER' });
      expect(await ask(client, 'chat:history', { tripId })).toMatchObject({
        ok: true,
        messages: [{ seq: 1 }],
      });
    }
    expect(await ask(driver, 'chat:read', { tripId, seq: 1 })).toEqual({ ok: true, unread: 0 });
    await expect.poll(() => pushes(rider, 'chat:receipt')).toHaveLength(1);
  });

  test('limits the rate of each sender', async () => {
    const { tripId, riderId, driverId } = await tripOf('limit');
    const [rider, tablet] = [await on(0, 'rider', riderId), await on(1, 'rider', riderId)];
    const driver = await on(1, 'driver', driverId);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        ask(i % 2 === 0 ? rider : tablet, 'chat:send', { tripId, id: `${i}`, text: 'x' }),
      ),
    );
    expect(answers.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(10);
    expect(answers.filter(({ ok }) => !ok)).toContainEqual(
      expect.objectContaining({ code: 'RATE_LIMITED', retry: true }),
    );
    expect(await ask(driver, 'chat:send', { tripId, id: '1', text: 'x' })).toMatchObject({ ok: true });
    await end(tripId);
  });

  test.each([
    ['chat:send', { id: '1', text: ' \u200b\n' }, 'EMPTY_TEXT'],
    ['chat:send', { id: '1', text: 'x'.repeat(MAX_TEXT_LENGTH + 1) }, 'TEXT_TOO_LONG'],
    ['chat:send', { id: 'a b', text: 'x' }, 'BAD_ID'],
    ['chat:send', { id: '1', text: { toString: 'x' } }, 'BAD_REQUEST'],
    ['chat:history', { after: -1 }, 'BAD_SEQ'],
    ['chat:history', { limit: 101 }, 'BAD_LIMIT'],
    ['chat:read', { seq: '1' }, 'BAD_SEQ'],
    ['chat:delivered', {}, 'BAD_SEQ'],
    ['chat:typing', { tripId: 'no such trip' }, 'BAD_ID'],
    ['chat:typing', { tripId: 'nothing' }, 'NO_SUCH_TRIP'],
  ])('refuses %s %j with %s', async (event, payload, code) => {
    const rider = await on(0, 'rider', 'chat-bad-rider');
    expect(await askWrongly(rider, event, { tripId: 'nothing', ...payload })).toMatchObject({
      ok: false,
      code,
    });
  });
});

describe('a chat cannot be accessed', () => {
  const requests = (tripId: string): Array<[string, object]> => [
    ['chat:send', { tripId, id: '1', text: 'hi' }],
    ['chat:history', { tripId }],
    ['chat:read', { tripId, seq: 1 }],
    ['chat:delivered', { tripId, seq: 1 }],
    ['chat:typing', { tripId }],
  ];

  test('by a stranger, or by a user with the same id in another role', async () => {
    const { tripId, riderId, driverId } = await tripOf('look');
    const rider = await on(0, 'rider', riderId);
    await ask(rider, 'chat:send', { tripId, id: '1', text: 'secret' });
    for (const other of [
      await on(1, 'rider', 'chat-look-other'),
      await on(1, 'driver', 'chat-look-other'),
      await on(1, 'driver', riderId),
      await on(1, 'rider', driverId),
    ])
      for (const [event, payload] of requests(tripId))
        expect(await askWrongly(other, event, payload)).toMatchObject({ ok: false, code: 'NOT_YOUR_TRIP' });
    await end(tripId);
  });

  test('by a driver who was only offered the trip', async () => {
    const offered = await on(0, 'driver', 'asked-driver');
    const elsewhere = { lat: -20, lng: 30 };
    await ask(offered, 'status', 'available');
    await ask(offered, 'fixes', [{ t: Date.now(), ...elsewhere }]);
    await expect
      .poll(async () => (await call('service', 's', 'GET', '/drivers/asked-driver')).body.status)
      .toBe('available');
    const { body: trip } = await call('rider', 'asked-rider', 'POST', '/trips', {
      pickup: elsewhere,
      dropoff: elsewhere,
    });
    await expect.poll(() => pushes(offered, 'offer')).toHaveLength(1);
    for (const [event, payload] of requests(trip.id))
      expect(await askWrongly(offered, event, payload)).toMatchObject({ ok: false, code: 'NOT_YOUR_TRIP' });
    await call('driver', 'asked-driver', 'PATCH', `/trips/${trip.id}`, { state: 'accepted' });
    expect(await ask(offered, 'chat:history', { tripId: trip.id })).toMatchObject({ ok: true });
    await end(trip.id);
  });

  test('by a dispatcher without support access, and each read with it is audited', async () => {
    const { tripId, riderId } = await tripOf('support');
    const rider = await on(0, 'rider', riderId);
    await ask(rider, 'chat:send', { tripId, id: '1', text: 'hi' });
    const audit = async (query = '') => {
      const { body } = await call('service', 's', 'GET', `/audit${query}`);
      return body.entries.filter((entry: AuditEntry) => entry.tripId === tripId);
    };
    const history = async (query = '') =>
      (await audit(query || '?limit=1000')).filter(({ action }: AuditEntry) => action === 'chat:history');
    for (const role of ['dispatcher', 'service'] as const) {
      const dispatcher = await on(0, role, 'support-desk');
      expect(await ask(dispatcher, 'chat:history', { tripId })).toMatchObject({ code: 'SUPPORT_ACCESS_OFF' });
      expect(await ask(dispatcher, 'chat:send', { tripId, id: '1', text: 'x' })).toMatchObject({
        code: 'UNKNOWN_EVENT',
      });
    }
    expect(await history()).toEqual([]);
    const dispatcher = await on(0, 'dispatcher', 'support-desk', support);
    const other = await on(0, 'service', 'support-bot', support);
    for (const client of [dispatcher, other, dispatcher])
      expect(await ask(client, 'chat:history', { tripId })).toMatchObject({
        ok: true,
        messages: [{ seq: 1, text: 'hi' }],
        receipts: [],
        unread: 0,
      });
    expect(await ask(dispatcher, 'chat:history', { tripId: 'nothing' })).toMatchObject({
      code: 'NO_SUCH_TRIP',
    });
    const entries = await history();
    const entry = { id: expect.any(String), at: expect.any(Number), action: 'chat:history', tripId };
    expect(entries).toEqual([
      { ...entry, by: 'support-bot', role: 'service' },
      // Repeated within five minutes.
      { ...entry, by: 'support-desk', role: 'dispatcher', count: 2, lastAt: expect.any(Number) },
    ]);
    expect(await history(`?limit=1000&before=${entries[0].id}`)).toEqual(entries.slice(1));
    for (const [query, code] of [
      ['?limit=0', 'BAD_LIMIT'],
      ['?before=x', 'BAD_ID'],
    ])
      expect((await call('service', 's', 'GET', `/audit${query}`)).body.code).toBe(code);
    for (const role of ['driver', 'rider'] as const)
      expect((await call(role, 'x', 'GET', '/audit')).body.code).toBe('WRONG_ROLE');
    expect(chatOf(dispatcher)).toEqual([]);
    await end(tripId);
  });
});
