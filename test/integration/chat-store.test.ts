import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChatMessage, MAX_MESSAGES_PER_TRIP, PARTIES, type Party, ProtocolError } from '#protocol';
import { Chats, TRIP_TTL_S, Trips } from '#store';
import { begin, change, type TripRecord } from '#trips';
import { keys } from '../../libs/store/src/keys.js';
import { type StoreTestBed, startCluster, startOne } from './store-test-bed.js';

const place = { lat: 1, lng: 2 };
let trips = 0;
const nextTrip = (): TripRecord =>
  begin({ id: `t-${++trips}`, riderId: 'r', driverId: 'd', pickup: place, dropoff: place }, Date.now());

describe.each([
  ['one Redis', startOne],
  ['a Redis Cluster of three masters', startCluster],
] as const)('on %s', (_, start) => {
  let testBed: StoreTestBed;
  let chats: Chats;
  beforeAll(async () => {
    testBed = await start();
    chats = new Chats(testBed.client);
  });
  afterAll(() => testBed.stop());

  const send = (trip: TripRecord, role: Party, id: string, text: string, isOpen = true) =>
    chats.send(trip, role, { id, text }, isOpen).catch((error: ProtocolError) => error.code);
  const all = (trip: TripRecord, reader: Party) => chats.page(trip, { after: 0, limit: 100 }, reader);

  test('a chat matches a plain list of messages after any sequence of messages and receipts', async () => {
    const role = fc.constantFrom(...PARTIES);
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ role, id: fc.nat(8), text: fc.constantFrom('a', 'ü') }) },
      fc.record({ role, what: fc.constantFrom('delivered' as const, 'read' as const), seq: fc.nat(12) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const trip = nextTrip();
        const list: ChatMessage[] = [];
        const receipts = { rider: { delivered: 0, read: 0 }, driver: { delivered: 0, read: 0 } };
        const unread = (by: Party) =>
          list.filter((message) => message.role !== by && message.seq > receipts[by].read).length;
        for (const step of steps) {
          const mark = receipts[step.role];
          if ('what' in step) {
            const seq = Math.min(step.seq, list.length);
            const before = { ...mark };
            mark.delivered = Math.max(mark.delivered, seq);
            if (step.what === 'read') mark.read = Math.max(mark.read, seq);
            expect(await chats.mark(trip, step.role, step.what, step.seq)).toMatchObject({
              receipt: { by: step.role[0], role: step.role, ...mark },
              isNew: before.delivered !== mark.delivered || before.read !== mark.read,
              unread: unread(step.role),
            });
          } else {
            const stored = list.find(({ role, id }) => role === step.role && id === String(step.id));
            const reply = await send(trip, step.role, String(step.id), step.text);
            if (stored !== undefined)
              expect(reply).toEqual(stored.text === step.text ? stored : 'IDEMPOTENCY_KEY_REUSED');
            else {
              expect(reply).toMatchObject({ seq: list.length + 1, from: step.role[0], text: step.text });
              list.push(reply as ChatMessage);
            }
          }
        }
        for (const reader of PARTIES) {
          const page = await all(trip, reader);
          expect(page).toMatchObject({ messages: list, unread: unread(reader) });
          expect(page.receipts).toMatchObject(
            PARTIES.filter((by) => receipts[by].delivered > 0).map((by) => ({ role: by, ...receipts[by] })),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  test('pages of a chat are read forwards and backwards', async () => {
    const trip = nextTrip();
    for (let i = 1; i <= 8; i += 1) await send(trip, 'rider', String(i), `${i}`);
    const page = async (query: object) =>
      (await chats.page(trip, { limit: 3, ...query }, null)).messages.map(({ seq }) => seq);
    expect(await page({})).toEqual([6, 7, 8]);
    expect(await page({ before: 6 })).toEqual([3, 4, 5]);
    expect(await page({ before: 1 })).toEqual([]);
    expect(await page({ after: 0 })).toEqual([1, 2, 3]);
    expect(await page({ after: 7 })).toEqual([8]);
    expect(await page({ after: 3, before: 6 })).toEqual([4, 5]);
    expect(await page({ after: Number.MAX_SAFE_INTEGER })).toEqual([]);
  });

  test('a sender over the rate limit is refused without affecting the other party, and a repeated message returns the stored one', async () => {
    const trip = nextTrip();
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, i) => send(trip, 'rider', String(i), 'x')),
    );
    const stored = replies.filter((reply) => typeof reply === 'object');
    expect(stored.length).toBeGreaterThanOrEqual(10);
    expect(replies.slice(10)).toContain('RATE_LIMITED');
    expect(stored.map((message) => message!.seq)).toEqual(stored.map((_, i) => i + 1));
    expect(await send(trip, 'driver', '0', 'x')).toMatchObject({ role: 'driver' });
    expect(await send(trip, 'rider', '0', 'x')).toEqual(replies[0]);
    await expect.poll(() => send(trip, 'rider', 'later', 'x')).toMatchObject({ id: 'later' });
  });

  test('a full or closed chat refuses new messages but returns the stored copy of a repeated one', async () => {
    const trip = nextTrip();
    const first = await send(trip, 'rider', 'first', 'x');
    expect(await send(trip, 'rider', 'late', 'x', false)).toBeNull();
    expect(await send(trip, 'rider', 'first', 'x', false)).toEqual(first);
    const [stream] = keys.chat(trip.id);
    const entry = ['role', 'driver', 'id', 'x', 'text', 'x', 'at', '1', 'riders', '1'];
    for (let seq = 2; seq <= MAX_MESSAGES_PER_TRIP; seq += 1)
      await testBed.client.xadd(stream, `${seq}-0`, ...entry);
    expect(await send(trip, 'rider', 'one more', 'x')).toBe('CHAT_FULL');
    expect(await send(trip, 'rider', 'first', 'x')).toEqual(first);
  });

  test('a chat expires together with its trip', async () => {
    const trip = nextTrip();
    const store = new Trips(testBed.client);
    await store.create(trip, Date.now());
    await send(trip, 'rider', 'a', 'x');
    const ttls = () =>
      Promise.all([keys.trip(trip.id), ...keys.chat(trip.id)].map((key) => testBed.client.ttl(key)));
    for (const ttl of await ttls()) expect(ttl).toBeGreaterThan(TRIP_TTL_S - 60);
    for (const key of keys.chat(trip.id)) await testBed.client.expire(key, 1_000);
    await store.change(trip.id, (now) =>
      change(now, { state: 'cancelled' }, { role: 'service', userId: 's' }, Date.now()),
    );
    for (const ttl of await ttls()) expect(ttl).toBeGreaterThan(TRIP_TTL_S - 60);
  });

  test('a typing indicator is forwarded at most every two seconds', async () => {
    const { id } = nextTrip();
    expect(await chats.types(id, 'rider')).toBe(true);
    expect(await chats.types(id, 'rider')).toBe(false);
    expect(await chats.types(id, 'driver')).toBe(true);
    await expect.poll(() => chats.types(id, 'rider')).toBe(true);
  });
});
