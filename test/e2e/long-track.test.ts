import { once } from 'node:events';
import { connect as dial, type Socket } from 'node:net';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { HOUR_MS, type Track } from '#protocol';
import { hourOf } from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { elementsOf, fixAt, REGION } from '../fixtures/stored-track.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
});

describe('a track of 100,000 fixes', () => {
  const HOURS = 20;
  const lastHour = hourOf(Date.now());
  const from = (lastHour - HOURS) * HOUR_MS;
  const all = Array.from({ length: 100_000 }, (_, i) => from + Math.floor((i * HOURS * HOUR_MS) / 100_000));
  const sockets: Socket[] = [];

  beforeAll(async () => {
    const { client } = system.redis;
    for (const driverId of ['long-1', 'long-2', 'long-3']) {
      await client.hset(keys.driverPointer(driverId), { region: REGION });
      for (let hour = lastHour - HOURS; hour < lastHour; hour += 1) {
        const fixes = all.filter((t) => hourOf(t) === hour).map((t) => fixAt(t));
        await client.rpush(keys.track(REGION, driverId, hour), ...elementsOf(fixes));
      }
    }
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
  });

  const fetchOwn = async (driverId: string, query: Record<string, unknown> = {}) =>
    fetch(
      `${system.gateways[0]!.url}/api/drivers/${driverId}/track?${new URLSearchParams({ from: `${from}`, ...query })}`,
      { headers: { authorization: `Bearer ${await system.token('driver', driverId)}` } },
    );

  /** Requests a track and reads only the first bytes of the response. */
  async function requestAndStall(driverId: string): Promise<Socket> {
    const { hostname, port } = new URL(system.gateways[0]!.url);
    const socket = dial(Number(port), hostname);
    sockets.push(socket);
    socket.write(
      `GET /api/drivers/${driverId}/track?format=gpx&from=${from} HTTP/1.1\r\nHost: ${hostname}\r\n` +
        `Authorization: Bearer ${await system.token('driver', driverId)}\r\n\r\n`,
    );
    await once(socket, 'readable');
    return socket;
  }

  /** Number of pages that Redis has returned since it started. */
  async function pagesRead(): Promise<number> {
    const stats = await system.redis.client.info('commandstats');
    return Number(/cmdstat_lrange:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  }

  /** Waits until no page is read between two checks. */
  async function untilReadingStops(): Promise<number> {
    let before = -1;
    const isStill = async () => {
      const now = await pagesRead();
      const still = now === before;
      before = now;
      return still;
    };
    await expect.poll(isStill, { interval: 500, timeout: 20_000 }).toBe(true);
    return before;
  }

  test('is complete and in order as GPX', async () => {
    const text = await (await fetchOwn('long-1', { format: 'gpx' })).text();
    expect(XMLValidator.validate(text)).toBe(true);
    const { gpx } = new XMLParser({ parseTagValue: false }).parse(text);
    const points: Array<{ time: string }> = [gpx.trk.trkseg].flat().flatMap(({ trkpt }) => trkpt);
    expect(points.map(({ time }) => Date.parse(time))).toEqual(all);
  });

  test('can be read to the end as GeoJSON, page by page', async () => {
    const found: number[] = [];
    for (let next: number | null = from; next !== null; ) {
      const response = await fetchOwn('long-1', { from: next, limit: 40_000 });
      const { properties } = (await response.json()) as Track;
      expect(properties.truncated).toBe(properties.next !== null);
      found.push(...properties.times);
      next = properties.next;
    }
    expect(found).toEqual(all);
    const whole = (await (await fetchOwn('long-1')).json()) as Track;
    expect(whole.properties).toMatchObject({ fixes: 100_000, truncated: false, next: null });
    expect((await fetchOwn('long-1', { limit: 100_001 })).status).toBe(400);
  });

  test('is read no faster than the client consumes it; a second one for the same user is refused meanwhile, other users are not', async () => {
    const before = await untilReadingStops();
    const socket = await requestAndStall('long-2');
    expect((await untilReadingStops()) - before).toBeLessThan(150);
    const second = await fetchOwn('long-2');
    expect(second.status).toBe(429);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await second.json()).toMatchObject({ code: 'RATE_LIMITED', retry: true });
    const other = await fetchOwn('long-3', { from: all.at(-1) });
    expect(other.status).toBe(200);

    // Disconnecting ends the read, and the client may request it again.
    socket.destroy();
    const status = async () => (await fetchOwn('long-2', { from: all.at(-1) })).status;
    await expect.poll(status).toBe(200);
    expect((await untilReadingStops()) - before).toBeLessThan(150);
  });
});
