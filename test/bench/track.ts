import { indexCell, regionOf } from '#geo/cells';
import { HOUR_MS } from '#protocol';
import { connect, hourOf, packTrackFix } from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { connectStock, ask as request, type StockClient } from '../fixtures/clients.js';
import { startSystem } from '../fixtures/system.js';
import { markdown, median, round } from './report.js';

const HERE = { lat: 40.75, lng: -73.99 };
const HOURS = 20;
const FIXES = 100_000;
const READERS = 6;
const PAUSE_MS = 20;
const MEASURED_MS = 15_000;
const MAX_RATIO = 2;

type Row = { format: string; quietMs: number; loadedMs: number; complete: number; refused: number };

/** Measures the ack latency of one driver while another fetches a long track, six requests at a time. */
export const track = {
  options: {},
  usage: '',
  async run({ quick }: { quick: boolean }) {
    const measuredMs = quick ? MEASURED_MS / 3 : MEASURED_MS;
    const system = await startSystem({ gateways: 1 });
    try {
      await seed(system.redis.url, 'reader');
      const { url } = system.gateways[0]!;
      const token = await system.token('driver', 'reader');
      const other = await connectStock(url, '/driver', await system.token('driver', 'other'));
      await ackMs(other, measuredMs / 5);
      const rows: Row[] = [];
      for (const format of ['gpx', 'geojson']) {
        const quietMs = await ackMs(other, measuredMs);
        const from = Date.now() - 23 * HOUR_MS;
        const readers = startReaders(`${url}/api/drivers/reader/track?format=${format}&from=${from}`, token);
        const loadedMs = await ackMs(other, measuredMs);
        rows.push({ format, quietMs, loadedMs, ...(await readers.stop()) });
      }
      other.socket.disconnect();
      const checks = rows.map(({ format, quietMs, loadedMs }) => ({
        what: `acks of others, times slower while a track is read as ${format}`,
        found: loadedMs / quietMs,
        atMost: MAX_RATIO,
      }));
      return { rows, table: tableOf(rows), checks };
    } finally {
      await system.stop();
    }
  },
};

/** Spreads the fixes evenly over the hours before this one. */
async function seed(redisUrl: string, driverId: string): Promise<void> {
  const redis = connect(redisUrl, 'waiting', () => {});
  const region = regionOf(indexCell(HERE));
  await redis.hset(keys.driverPointer(driverId), { region });
  const each = FIXES / HOURS;
  for (let hour = hourOf(Date.now()) - HOURS; hour < hourOf(Date.now()); hour += 1) {
    const elements = Array.from({ length: each }, (_, i) =>
      packTrackFix({
        t: hour * HOUR_MS + Math.floor((i * HOUR_MS) / each),
        lat: HERE.lat,
        lng: HERE.lng + i / 1e5,
        heading: 90,
        speedMps: 8.5,
        accuracyM: 5,
      }),
    );
    await redis.rpush(keys.track(region, driverId, hour), ...elements);
  }
  redis.disconnect();
}

/** Sends fixes one after another. @returns the median time to an ack, ms */
async function ackMs(driver: StockClient, measuredMs: number): Promise<number> {
  const times: number[] = [];
  for (const end = performance.now() + measuredMs; performance.now() < end; ) {
    const sent = performance.now();
    await request(driver, 'fixes', [{ t: Date.now(), ...HERE }]);
    times.push(performance.now() - sent);
    await pause();
  }
  return median(times);
}

/** Keeps {@link READERS} requests open until stopped. */
function startReaders(url: string, token: string) {
  const counts = { complete: 0, refused: 0 };
  let isStopped = false;
  const read = async () => {
    while (!isStopped) {
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      await response.arrayBuffer();
      if (response.ok) counts.complete += 1;
      else {
        counts.refused += 1;
        await pause();
      }
    }
  };
  const readers = Array.from({ length: READERS }, read);
  return {
    async stop() {
      isStopped = true;
      await Promise.all(readers);
      return counts;
    },
  };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

const tableOf = (rows: Row[]): string =>
  `${FIXES.toLocaleString('en')} fixes, ${READERS} requests at a time, one gateway\n\n${markdown(
    ['format', 'ack p50 before, ms', 'ack p50 while read, ms', 'read', 'refused'],
    rows.map((row) => [row.format, round(row.quietMs), round(row.loadedMs), row.complete, row.refused]),
  )}`;
