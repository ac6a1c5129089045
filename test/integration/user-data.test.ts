import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ErasureReport, Trip } from '#protocol';
import { Feeds, type RedisClient } from '#store';
import { USERS_IN_KEYS } from '../../libs/store/src/user-data/users-in-keys.js';
import { findTexts, readAllKeys } from '../fixtures/all-keys.js';
import { DRIVER, erasuresOn, OTHER_DRIVER, RIDER, storeJourney, TEXTS } from '../fixtures/journey-of-data.js';
import { type StoreTestBed, startCluster, startOne } from './store-test-bed.js';

const USERS = [RIDER, DRIVER] as const;
const TRIP = 'trip:ud-trip-7f3';

/** Erases a user as the service does: at once, and again when that is due. */
async function erase(client: RedisClient, userId: string): Promise<ErasureReport> {
  const { erasures } = erasuresOn(client);
  await erasures.begin(userId, Date.now());
  const report = await erasures.run(userId, Date.now());
  expect(await erasures.takeDue(Date.now(), 10)).toEqual([]);
  expect(await erasures.takeDue(Date.now() + 61_000, 10)).toEqual([userId]);
  await erasures.run(userId, Date.now(), true);
  return report!;
}

/** Commands that change nothing: to die before one of them is the same as to die before the next change. */
const READS =
  /^(h?get|hmget|hgetall|hkeys|hvals|hscan|hexists|[lzx]rev?range|lrange|zrange|zscore|scan|type|ttl|exists|smembers|sismember|sscan)/i;
const NO_COMMANDS = new Set(['defineCommand', 'on', 'once', 'nodes', 'duplicate']);

/** A connection of a process that dies at its change number `at`. */
function dyingAt(client: RedisClient, at: number): { client: RedisClient; changes: () => number } {
  let changes = 0;
  const dying = new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function' || typeof name !== 'string' || NO_COMMANDS.has(name)) return value;
      return (...args: unknown[]) => {
        if (!READS.test(name)) changes += 1;
        if (changes > at) return Promise.reject(new Error('killed'));
        return value.apply(target, args);
      };
    },
  });
  return { client: dying, changes: () => changes };
}

describe.each([
  ['one Redis', startOne],
  ['a Redis Cluster of three masters', startCluster],
] as const)('the data of users on %s', (_, start) => {
  let testBed: StoreTestBed;
  beforeAll(async () => {
    testBed = await start();
  });
  afterAll(() => testBed.stop());
  beforeEach(async () => {
    for (const master of testBed.masters) await master.flushall();
  });
  const everything = () => readAllKeys(testBed.masters);

  test('is nowhere in Redis after an erasure, and the report names every kind', async () => {
    await storeJourney(testBed.client);
    for (const userId of USERS)
      expect(findTexts(await everything(), [userId, ...TEXTS[userId]]).length).toBeGreaterThan(10);
    const erased = new Set<string>();
    for (const userId of USERS) {
      const report = await erase(testBed.client, userId);
      for (const { kind } of report.erased) erased.add(kind);
      expect(findTexts(await everything(), [userId, ...TEXTS[userId]])).toEqual([]);
    }
    const known = new Set<string>(Object.values(USERS_IN_KEYS));
    for (const none of ['nobody', 'passing']) known.delete(none);
    expect([...erased].sort()).toEqual([...known].sort());
  });

  test('of a partner stays, with a pseudonym and rough places', async () => {
    await storeJourney(testBed.client);
    const { pseudonym, remains } = await erase(testBed.client, RIDER);
    const trip = JSON.parse((await testBed.client.hget(TRIP, 'trip'))!) as Trip;
    expect(trip).toMatchObject({ riderId: pseudonym, driverId: DRIVER, pickup: { lat: 40.75, lng: -73.99 } });
    expect(trip.driver?.name).toBe('Zenobia Quill');
    expect(await testBed.client.ttl(TRIP)).toBeGreaterThan(0);
    expect(remains.map(({ kind }) => kind).sort()).toEqual(['audit', 'trips']);
    await erase(testBed.client, DRIVER);
    expect(await testBed.client.exists(TRIP), 'a trip of nobody').toBe(0);
  });

  test('is erased from the feeds of others without gaps in their numbers', async () => {
    await storeJourney(testBed.client);
    const feeds = new Feeds(testBed.client, 24);
    const owner = `driver:${OTHER_DRIVER}` as const;
    const before = await feeds.since(owner, '0-0', Date.now());
    await erase(testBed.client, RIDER);
    const after = await feeds.since(owner, '0-0', Date.now());
    expect(after).toMatchObject({ last: before.last, complete: true });
    expect(after.entries.map(({ event }) => event)).toEqual(['notice']);
    const rest = await feeds.since(owner, before.entries[0]!.id, Date.now());
    expect(rest).toMatchObject({ last: before.last, complete: true });
  });

  test('leaves that of everybody else', async () => {
    await storeJourney(testBed.client);
    await testBed.client.set(`expiring:share:rider ${RIDER}2 key`, '{}');
    await testBed.client.set(`expiring:share:rider somebody ${RIDER}`, '{}');
    await testBed.client.hset(`profiles:0`, 'somebody', '{}');
    for (const userId of USERS) await erase(testBed.client, userId);
    const kept = [
      `expiring:share:rider ${RIDER}2 key`,
      `expiring:share:rider somebody ${RIDER}`,
      'profiles:0',
    ];
    for (const key of kept) expect(await testBed.client.exists(key), key).toBe(1);
    expect(findTexts(await everything(), [OTHER_DRIVER]).length).toBeGreaterThan(1);
  });

  test('is exported in full', async () => {
    await storeJourney(testBed.client);
    for (const userId of USERS) {
      const texts: string[] = [];
      for await (const { kind, items } of erasuresOn(testBed.client).erasures.items(userId))
        for await (const item of items) texts.push(`${kind} ${JSON.stringify(item)}`);
      const text = texts.join('\n');
      for (const own of TEXTS[userId]) expect(text).toContain(own);
      expect(text).toContain('trips {');
      if (userId === DRIVER)
        expect(texts.filter((each) => each.startsWith('tracks {')).length).toBeGreaterThan(14);
    }
  });
});

describe('an erasure whose process is killed', () => {
  let testBed: StoreTestBed;
  beforeAll(async () => {
    testBed = await startOne();
  });
  afterAll(() => testBed.stop());

  test('at any step is completed when it is repeated', async () => {
    for (const userId of USERS)
      for (let at = 0; ; at += 1) {
        await testBed.masters[0]!.flushall();
        await storeJourney(testBed.client);
        const now = Date.now();
        await erasuresOn(testBed.client).erasures.begin(userId, now);
        const dying = dyingAt(testBed.client, at);
        const first = await erasuresOn(dying.client)
          .erasures.run(userId, now)
          .catch(() => null);
        if (first !== null) {
          expect(at).toBeGreaterThan(30);
          break;
        }
        // As the scheduler of another gateway does, with the pseudonym of the first attempt.
        const { erasures } = erasuresOn(testBed.client);
        const due = now + 61_000;
        expect(await erasures.takeDue(due, 10)).toEqual([userId]);
        const report = await erasures.run(userId, due, true);
        expect(findTexts(await readAllKeys(testBed.masters), TEXTS[userId])).toEqual([]);
        await erasures.run(userId, due, true);
        expect(
          findTexts(await readAllKeys(testBed.masters), [userId, ...TEXTS[userId]]),
          `killed at ${at}`,
        ).toEqual([]);
        const text = [...(await readAllKeys(testBed.masters)).values()].join('\n');
        expect(new Set(text.match(/erased\*[\w-]+/g))).toEqual(new Set([report!.pseudonym]));
      }
  }, 120_000);
});
