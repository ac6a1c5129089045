import { HOUR_MS } from '#protocol';
import { connect, hourOf } from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { elementsOf, fixAt, HERE, REGION } from '../fixtures/stored-track.js';
import type { Bench, Flags } from './bench.js';
import { withOthers } from './others.js';
import { markdown, round } from './report.js';

const HOURS = 20;
const FIXES = 100_000;
const READERS = 6;
const MAX_RATIO = 2;

type Row = { format: string; quietMs: number; loadedMs: number; complete: number; refused: number };

/** Measures the ack latency of one driver while another fetches a long track, six requests at a time. */
export const track = {
  options: { rounds: { type: 'string' } },
  usage: '[--rounds N]',
  run: (flags: Flags) =>
    withOthers(1, flags, async ({ system, url, compare }) => {
      await seed(system.redis.url, 'reader');
      const token = await system.token('driver', 'reader');
      const rows: Row[] = [];
      for (const format of ['gpx', 'geojson']) {
        const from = Date.now() - 23 * HOUR_MS;
        const address = `${url}/api/drivers/reader/track?format=${format}&from=${from}`;
        const { quiet, loaded, counts } = await compare({
          kind: 'read',
          url: address,
          token,
          readers: READERS,
        });
        rows.push({ format, quietMs: quiet.p50, loadedMs: loaded.p50, ...counts });
      }
      const checks = rows.map(({ format, quietMs, loadedMs }) => ({
        what: `acks of others, times slower while a track is read as ${format}`,
        found: loadedMs / quietMs,
        atMost: MAX_RATIO,
      }));
      return { rows, table: tableOf(rows), checks };
    }),
} satisfies Bench;

/** Spreads the fixes evenly over the hours before this one. */
async function seed(redisUrl: string, driverId: string): Promise<void> {
  const redis = connect(redisUrl, 'waiting', () => {});
  await redis.hset(keys.driverPointer(driverId), { region: REGION });
  const each = FIXES / HOURS;
  for (let hour = hourOf(Date.now()) - HOURS; hour < hourOf(Date.now()); hour += 1) {
    const fixes = Array.from({ length: each }, (_, i) =>
      fixAt(hour * HOUR_MS + Math.floor((i * HOUR_MS) / each), { lng: HERE.lng + i / 1e5 }),
    );
    await redis.rpush(keys.track(REGION, driverId, hour), ...elementsOf(fixes));
  }
  redis.disconnect();
}

const tableOf = (rows: Row[]): string =>
  `${FIXES.toLocaleString('en')} fixes, ${READERS} requests at a time, one gateway\n\n${markdown(
    ['format', 'ack p50 before, ms', 'ack p50 while read, ms', 'read', 'refused'],
    rows.map((row) => [row.format, round(row.quietMs), round(row.loadedMs), row.complete, row.refused]),
  )}`;
