import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '#protocol';
import { Audit } from '#store';
import { MAX_PER_ACTOR, type NewAuditEntry, REPEATED_MS } from '../../libs/store/src/audit.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';

const NOW = Date.now();
const entry = (at: number, more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  at,
  by: 'lin',
  role: 'dispatcher',
  action: 'track:view',
  userId: 'a driver',
  ...more,
});

let testBed: StoreTestBed;
let audit: Audit;
beforeAll(async () => {
  testBed = await startOne();
});
beforeEach(async () => {
  await testBed.masters[0]!.flushall();
  audit = new Audit(testBed.client, 90);
});
afterAll(() => testBed.stop());

const read = (limit = 1_000, before?: string, now = NOW) =>
  audit.read({ limit, ...(before !== undefined && { before }) }, now);

test('equal entries within five minutes are one, with their number and the last time', async () => {
  for (let i = 0; i < 5; i += 1) await audit.add(entry(NOW + i));
  await audit.add(entry(NOW + 5, { userId: 'another' }));
  expect(await read()).toMatchObject([
    { userId: 'another' },
    { userId: 'a driver', at: NOW, count: 5, lastAt: NOW + 4 },
  ]);
  expect((await read())[0]).not.toHaveProperty('count');
  const [recent] = await testBed.masters[0]!.keys('audit:*:recent:*');
  expect(await testBed.masters[0]!.pttl(recent!)).toBeLessThanOrEqual(REPEATED_MS);
});

test('entries are kept for their days, and no longer', async () => {
  for (const days of [0, 30, 89, 91, 200]) await audit.add(entry(NOW - days * DAY_MS, { text: `${days}` }));
  expect((await read()).map(({ text }) => text)).toEqual(['0', '30', '89']);
  expect((await read(1_000, undefined, NOW + 61 * DAY_MS)).map(({ text }) => text)).toEqual(['0']);
  for (const key of await testBed.masters[0]!.keys('audit:*'))
    expect(await testBed.masters[0]!.pttl(key), key).toBeGreaterThan(0);
});

test('an actor who does ten times as much as is kept neither fills Redis nor removes entries of others', async () => {
  await audit.add(entry(NOW, { by: 'mo', text: 'evidence' }));
  const memory = async () => Number(/used_memory:(\d+)/.exec(await testBed.masters[0]!.info('memory'))![1]);
  const before = await memory();
  const many = 2 * MAX_PER_ACTOR;
  for (let at = 0; at < many; at += 500)
    await Promise.all(
      Array.from({ length: 500 }, (_, i) =>
        audit.add(entry(NOW + at + i, { by: 'flood', userId: `u-${at + i}`, text: 'x'.repeat(500) })),
      ),
    );
  const grown = await memory();
  for (const key of await testBed.masters[0]!.keys('audit:*:recent:*')) await testBed.masters[0]!.del(key);
  await audit.add(entry(NOW + many, { by: 'mo', text: 'later' }));
  expect(grown - before).toBeLessThan(20 * 1_048_576);
  const all = [];
  for (let page = await read(); page.length > 0; page = await read(1_000, page.at(-1)!.id)) all.push(...page);
  expect(all.filter(({ by }) => by === 'mo').map(({ text }) => text)).toEqual(['later', 'evidence']);
  const flood = all.filter(({ by }) => by === 'flood');
  expect(flood).toHaveLength(MAX_PER_ACTOR + 1);
  expect(flood[0]).toMatchObject({ action: 'track:view', count: many - MAX_PER_ACTOR });
  expect(flood[0]).not.toHaveProperty('userId');
});

test('pages follow each other without gaps, also over several days', async () => {
  const times = Array.from({ length: 25 }, (_, i) => NOW - i * 0.4 * DAY_MS);
  for (const at of [...times].reverse()) await audit.add(entry(Math.round(at), { text: `${at}` }));
  const found: number[] = [];
  for (let page = await read(4); page.length > 0; page = await read(4, page.at(-1)!.id))
    found.push(...page.map(({ at }) => at));
  expect(found).toEqual(times.map(Math.round));
});

test('the entries of an earlier version are taken over', async () => {
  const fields = { at: NOW - DAY_MS, by: 'lin', role: 'dispatcher', action: 'chat:history', tripId: 't' };
  await testBed.masters[0]!.xadd('audit', `${NOW - DAY_MS}-0`, ...Object.entries(fields).flat());
  await audit.add(entry(NOW));
  const found = await read();
  expect(found.map(({ action }) => action)).toEqual(['track:view', 'chat:history']);
  expect(found[1]).toEqual({ id: `${NOW - DAY_MS}-0`, ...fields });
  expect(await testBed.masters[0]!.xlen('audit')).toBe(0);
  expect(await read()).toEqual(found);
});
