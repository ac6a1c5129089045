import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '#protocol';
import { Chats, Feeds, FleetIndex, PresenceStore, Trips } from '#store';
import { begin } from '#trips';
import { keys } from '../../libs/store/src/keys.js';
import { readAllKeys } from '../fixtures/all-keys.js';
import { recordAt } from '../fixtures/records.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';

const NOW = Date.now();
const PLACE = { lat: 40.75, lng: -73.99 };
const DAY_S = 86_400;

let testBed: StoreTestBed;
beforeAll(async () => {
  testBed = await startOne();
});
beforeEach(async () => {
  await testBed.masters[0]!.flushall();
});
afterAll(() => testBed.stop());

const everything = async () => [...(await readAllKeys(testBed.masters)).values()].join('\n');
/** Remaining life of a key in days, rounded up. */
const daysOf = async (key: string) => Math.ceil((await testBed.client.pttl(key)) / DAY_MS);

describe('entries of a feed that are older than its hours', () => {
  const owner = 'rider:r' as const;
  let feeds: Feeds;
  const append = (n: number, at: number) =>
    feeds.append(owner, { event: 'notice', payload: { text: `text-${n}.` }, expiresAt: null }, at);
  beforeEach(async () => {
    feeds = new Feeds(testBed.client, 2);
    for (let n = 0; n < 5; n += 1) await append(n, NOW + n * 1_000);
  });

  test('are removed when another one follows', async () => {
    const last = await append(5, NOW + 2 * HOUR_MS + 2_500);
    const text = await everything();
    for (const n of [0, 1, 2]) expect(text).not.toContain(`text-${n}.`);
    for (const n of [3, 4, 5]) expect(text).toContain(`text-${n}.`);
    expect(last.endsWith('-5')).toBe(true);
  });

  test('are emptied when it is read, and its numbers go on', async () => {
    const later = NOW + 2 * HOUR_MS + 2_500;
    const first = (await testBed.client.xrange(keys.feed(owner), '-', '+'))[0]![0];
    const part = await feeds.since(owner, first, later);
    expect(part.complete).toBe(true);
    expect(part.entries.map(({ payload }) => payload)).toEqual([{ text: 'text-3.' }, { text: 'text-4.' }]);
    const text = await everything();
    for (const n of [0, 1, 2]) expect(text).not.toContain(`text-${n}.`);
    expect(await append(5, later)).toBe(part.last.replace(/-4$/, '-5'));
    expect(await feeds.since(owner, part.last, later)).toMatchObject({ complete: true, entries: [{}] });
  });

  test('cost the feeds of an earlier version nothing, which have no times', async () => {
    await testBed.masters[0]!.flushall();
    await testBed.client.xadd(
      keys.feed(owner),
      `${NOW}-0`,
      'e',
      '{"event":"x","payload":{},"expiresAt":null}',
    );
    await append(1, NOW + 9 * HOUR_MS);
    expect((await feeds.since(owner, '0-0', NOW + 9 * HOUR_MS)).entries).toHaveLength(2);
  });
});

test('trips, chats and lists of trips live as many days as configured after their last change', async () => {
  const trips = new Trips(testBed.client, 3 * DAY_S, 2 * DAY_S);
  const parties = { id: 't', riderId: 'r', driverId: 'd' };
  await trips.create(begin({ ...parties, pickup: PLACE, dropoff: PLACE }, NOW), NOW);
  await new Chats(testBed.client, 2 * DAY_S).send(parties, 'rider', { id: '1', text: 'hi' }, true);
  expect(await daysOf(keys.trip('t'))).toBe(3);
  for (const userId of ['r', 'd']) expect(await daysOf(keys.tripsOf(userId))).toBe(3);
  for (const key of keys.chat('t')) expect(await daysOf(key)).toBe(2);
  await trips.change('t', (trip) => ({ ...trip, version: trip.version + 1 }));
  for (const key of keys.chat('t')) expect(await daysOf(key)).toBe(2);
  const trip = await trips.get('t');
  await trips.archive({ ...trip, changedAt: NOW }, NOW);
  await trips.archive({ ...trip, id: 'later', changedAt: NOW + 3 * DAY_MS + 1 }, NOW + 3 * DAY_MS + 1);
  expect(await testBed.client.zrange(keys.endedTrips, '0', '-1')).toEqual(['later']);
});

test('the presence of a user without a socket lives as many days as configured', async () => {
  const presence = new PresenceStore(testBed.client, 4);
  await presence.write('u', 'gateway@1', [['/rider', 's', NOW]], NOW);
  expect(await testBed.client.ttl(keys.presence('u'))).toBe(-1);
  await presence.write('u', 'gateway@1', [], NOW);
  expect(await daysOf(keys.presence('u'))).toBe(4);
});

test('each hour of a track lives as long as configured', async () => {
  const index = new FleetIndex(testBed.client, { trackHours: 5 });
  const after = recordAt('d', NOW, PLACE);
  const track = Array.from({ length: 20 }, (_, i) => ({ ...after, t: NOW - i, late: true }));
  await index.apply([{ before: null, expected: null, after, track }]);
  const lists = await testBed.client.keys('*:track:*');
  expect(lists).not.toEqual([]);
  for (const list of lists) {
    const hours = (await testBed.client.pttl(list)) / HOUR_MS;
    expect(hours).toBeGreaterThan(4);
    expect(hours).toBeLessThanOrEqual(7);
  }
});
