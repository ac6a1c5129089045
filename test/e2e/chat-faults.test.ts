import { afterAll, beforeAll, expect, test } from 'vitest';
import { seeded } from '#city';
import type { ChatMessage, ChatReceipt, Party } from '#protocol';
import { Api, type Chat, DriverClient, devToken, HexfleetError, RiderClient } from '#sdk';
import { eventually } from '../fixtures/eventually.js';
import { type System, startSystem } from '../fixtures/system.js';

const TRIPS = 25;
const MESSAGES_OF_EACH = 20;
const SEED = 7;
const place = { lat: 40.75, lng: -73.99 };

let system: System;
let service: Api;
beforeAll(async () => {
  system = await startSystem();
  const { url } = system;
  service = new Api({ url, token: () => devToken('service', 's', url) });
});
afterAll(() => system.stop());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One party with its app and everything the app received. */
type Side = {
  role: Party;
  client: RiderClient | DriverClient;
  chat: Chat;
  seen: ChatMessage[];
  unread: number[];
  receipts: ChatReceipt[];
  typing: Array<string | null>;
};

function sideOf(role: Party, userId: string, tripId: string): Side {
  const { url } = system;
  const options = { url, token: () => devToken(role, userId, url) };
  const client = role === 'rider' ? new RiderClient(options) : new DriverClient(options);
  const chat = client.chat(tripId);
  const side: Side = { role, client, chat, seen: [], unread: [], receipts: [], typing: [] };
  chat.on('message', (message) => side.seen.push(message));
  chat.on('unread', (unread) => side.unread.push(unread));
  chat.on('receipt', (receipt) => side.receipts.push(receipt));
  chat.on('typing', (typing) => side.typing.push(typing?.from ?? null));
  return side;
}

async function tripOf(name: string): Promise<{ tripId: string; rider: Side; driver: Side }> {
  const ids = { riderId: `${name}-rider`, driverId: `${name}-driver` };
  const { id: tripId } = await service.createTrip({ ...ids, pickup: place, dropoff: place });
  return {
    tripId,
    rider: sideOf('rider', ids.riderId, tripId),
    driver: sideOf('driver', ids.driverId, tripId),
  };
}

const receiptOf = ({ receipts }: Side, role: Party) => receipts.findLast((receipt) => receipt.role === role);

test('a thousand messages with reconnections and a killed node are each stored once, in one order', async () => {
  const trips = await Promise.all(Array.from({ length: TRIPS }, (_, i) => tripOf(`fault-${i}`)));
  const sides = trips.flatMap(({ rider, driver }) => [rider, driver]);
  const hellos = await Promise.all(sides.map(({ client }) => client.connect()));
  expect(new Set(hellos.map(({ node }) => node)).size, 'both nodes have some').toBe(2);
  const apart = trips.filter((_, i) => hellos[2 * i]!.node !== hellos[2 * i + 1]!.node);
  expect(apart.length, 'parties of a trip on different nodes').toBeGreaterThan(0);

  const talk = async (side: Side, seed: number): Promise<ChatMessage[]> => {
    const random = seeded(seed);
    const sent: Array<Promise<ChatMessage>> = [];
    for (let i = 0; i < MESSAGES_OF_EACH; i += 1) {
      sent.push(side.chat.send(`${side.role} ${i}`));
      await pause(random() * 400);
      if (random() > 0.15) continue;
      side.client.close();
      await pause(random() * 1_000);
      // Closing it before `hello` is harmless.
      side.client.connect().catch(() => {});
    }
    return Promise.all(sent);
  };
  const talking = Promise.all(sides.map((side, i) => talk(side, SEED + i)));
  await eventually(() => sides.reduce((sum, { seen }) => sum + seen.length, 0) > 400);
  const dying = system.gateways[0]!;
  process.kill(dying.pid, 'SIGKILL');

  const acked = await talking;
  expect(acked.flat()).toHaveLength(TRIPS * 2 * MESSAGES_OF_EACH);
  for (const [i, { rider, driver }] of trips.entries()) {
    const all = [...acked[2 * i]!, ...acked[2 * i + 1]!].toSorted((a, b) => a.seq - b.seq);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, at) => at + 1));
    for (const side of [rider, driver]) {
      const own = all.filter(({ role }) => role === side.role);
      expect(
        own.map(({ text }) => text),
        'in order of sending',
      ).toEqual(own.map((_, n) => `${side.role} ${n}`));
      await expect.poll(() => side.seen, { timeout: 30_000 }).toEqual(all);
      expect(await side.chat.history({ limit: 100 })).toEqual(all);
      expect(side.chat.unread).toBe(MESSAGES_OF_EACH);
      expect(side.chat.waiting).toBe(0);
    }
    const lastOf = (role: Party) => all.findLast((message) => message.role === role)!.seq;
    await expect.poll(() => receiptOf(rider, 'driver')?.delivered, { timeout: 20_000 }).toBe(lastOf('rider'));
    await expect
      .poll(() => receiptOf(driver, 'rider')?.delivered, { timeout: 20_000 })
      .toBe(lastOf('driver'));
    expect(receiptOf(rider, 'driver')?.read).toBe(0);
  }
  for (const { rider, driver } of trips) {
    driver.chat.read();
    await expect.poll(() => receiptOf(rider, 'driver')?.read, { timeout: 20_000 }).toBe(2 * MESSAGES_OF_EACH);
    expect(driver.chat.unread).toBe(0);
    for (const side of [rider, driver]) {
      const [reads, counts] = [side.receipts.filter(({ role }) => role === 'driver'), side.seen.length];
      expect(reads.map(({ read }) => read)).toEqual(reads.map(({ read }) => read).toSorted((a, b) => a - b));
      expect(counts, 'nothing was pushed twice').toBe(2 * MESSAGES_OF_EACH);
    }
  }
  for (const { client } of sides) client.close();
}, 180_000);

test('an app that was offline for long gets what it missed, and a restarted app gets the unread messages', async () => {
  const { tripId, rider, driver } = await tripOf('away');
  await Promise.all([rider.client.connect(), driver.client.connect()]);
  await rider.chat.send('before');
  await expect.poll(() => driver.seen.length).toBe(1);
  driver.chat.read();
  await expect.poll(() => receiptOf(rider, 'driver')?.read).toBe(1);
  driver.client.close();
  const waiting = driver.chat.send('said without a connection');
  for (let i = 0; i < 8; i += 1) await rider.chat.send(`missed ${i}`);
  expect(driver.seen).toHaveLength(1);
  expect(driver.chat.waiting).toBe(1);
  await driver.client.connect();
  expect((await waiting).seq).toBe(10);
  await expect.poll(() => driver.seen.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(driver.unread.at(-1)).toBe(8);
  await expect.poll(() => rider.seen.map(({ seq }) => seq)).toEqual(driver.seen.map(({ seq }) => seq));
  driver.chat.read(5);
  expect(driver.unread.at(-1)).toBe(4);
  await expect.poll(() => receiptOf(rider, 'driver')).toMatchObject({ delivered: 9, read: 5 });

  const restarted = sideOf('driver', 'away-driver', tripId);
  await restarted.client.connect();
  await expect.poll(() => restarted.seen.map(({ seq }) => seq)).toEqual([6, 7, 8, 9, 10]);
  expect(restarted.chat.unread).toBe(4);
  expect((await restarted.chat.history({ before: 6, limit: 3 })).map(({ seq }) => seq)).toEqual([3, 4, 5]);
  restarted.chat.read();
  await expect.poll(() => driver.unread.at(-1), { message: 'read on another device' }).toBe(0);

  rider.chat.typing();
  rider.chat.typing();
  await expect.poll(() => restarted.typing).toEqual(['away-rider', null]);
  expect(rider.typing).toEqual([]);

  await service.changeTrip(tripId, 'cancelled');
  const late = rider.chat.send('too late');
  await expect(late).rejects.toBeInstanceOf(HexfleetError);
  await expect(late).rejects.toMatchObject({ code: 'TRIP_OVER' });
  const stranger = sideOf('rider', 'away-stranger', tripId);
  const refused: string[] = [];
  stranger.chat.on('refused', ({ code }) => refused.push(code));
  await stranger.client.connect();
  await expect.poll(() => refused).toEqual(['NOT_YOUR_TRIP']);
  for (const { client } of [rider, driver, restarted, stranger]) client.close();
});

test('while Redis is down a message waits, and it is stored once when Redis is back', async () => {
  const { rider, driver } = await tripOf('redis');
  await Promise.all([rider.client.connect(), driver.client.connect()]);
  await rider.chat.send('before');
  await expect.poll(() => driver.seen.length).toBe(1);
  await system.redis.kill();
  const sent = [rider.chat.send('a'), driver.chat.send('b'), rider.chat.send('c')];
  await system.redis.restart();
  const messages = await Promise.all(sent);
  const texts = (side: Side) => side.seen.map(({ text }) => text);
  for (const side of [rider, driver])
    await expect.poll(() => texts(side).toSorted(), { timeout: 40_000 }).toEqual(['a', 'b', 'before', 'c']);
  expect(texts(driver)).toEqual(texts(rider));
  expect(messages[0]!.seq).toBeLessThan(messages[2]!.seq);
  for (const { client } of [rider, driver]) client.close();
}, 90_000);
