import { expect, test } from 'vitest';
import { decodeRecord, encodeRecord } from '../../libs/store/src/record-bytes.js';
import { fixesOf, withFixes } from '../../libs/store/src/track-tail.js';
import { recordAt, shownAtPlace } from '../fixtures/records.js';
import { madeNow } from './dump.js';

const HOUR_MS = 3_600_000;
const PLACE = { lat: 40.75, lng: -73.99 };
const REGION = '832a10fffffffff';

test('all times of a dump are moved, also those in bytes, and nothing else', async () => {
  // A minute past the hour of the dump, so that no hour ends meanwhile.
  const at = Date.now() - 3 * HOUR_MS - 60_000;
  const t = at - 5_000;
  const concealment = { ...shownAtPlace(PLACE), until: t + 40_000, renameSlot: 7 };
  const status = { shift: 3, statusAt: (t - 2_000) * 1_000, concealment, receivedAt: t + 120 };
  const fix = { t, ...PLACE, accuracyM: null, heading: 0, speedMps: 0, late: false };
  const { tail } = withFixes('', [fix], true);
  const record = recordAt('d', t, PLACE, { ...status, tail, version: t * 1_000 + 17, accuracyM: 4 });
  const value = { d: { base64: encodeRecord(record).toString('base64') } };
  const hour = Math.floor(t / HOUR_MS);
  const text = JSON.stringify({
    t,
    us: t * 1_000,
    key: `{${REGION}}:track:d:${hour}`,
    other: 1234567890123,
    value,
  });
  const moved = await madeNow<{ t: number; us: number; key: string; other: number; value: typeof value }>(
    text,
    at,
  );
  const by = 3 * HOUR_MS;
  expect(moved).toMatchObject({ t: t + by, us: (t + by) * 1_000, key: `{${REGION}}:track:d:${hour + 3}` });
  expect(moved.other).toBe(1234567890123);
  const later = decodeRecord('d', REGION, Buffer.from(moved.value.d.base64, 'base64'));
  expect(fixesOf(later.tail)).toMatchObject([{ t: t + by }]);
  expect(later).toMatchObject({
    lat: PLACE.lat,
    lng: PLACE.lng,
    accuracyM: 4,
    t: t + by,
    receivedAt: t + by + 120,
    version: (t + by) * 1_000 + 17,
    shift: 3,
    statusAt: (t + by - 2_000) * 1_000,
    concealment: { until: t + by + 40_000, renameSlot: 7 },
  });
});
