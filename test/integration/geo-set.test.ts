import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Point } from '#geo';
import { geoSetScore } from '../../libs/store/src/geo-set.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';

const STEPS_PER_DEGREE = 4_096;

let testBed: StoreTestBed;
beforeAll(async () => {
  testBed = await startOne();
});
afterAll(() => testBed.stop());

async function scoresByRedis(places: Point[]): Promise<number[]> {
  const pipeline = testBed.masters[0]!.pipeline().del('set');
  for (const [i, { lat, lng }] of places.entries()) pipeline.geoadd('set', lng, lat, `m-${i}`);
  for (const i of places.keys()) pipeline.zscore('set', `m-${i}`);
  const replies = (await pipeline.exec())!;
  return replies.slice(1 + places.length).map(([, score]) => Number(score));
}

const onGrid = (maxDegrees: number) => {
  const end = Math.floor(maxDegrees * STEPS_PER_DEGREE);
  return fc.integer({ min: -end, max: end }).map((step) => step / STEPS_PER_DEGREE);
};

test('the score of a position equals the GEOADD score bit for bit', async () => {
  const place = fc.record({ lat: onGrid(85.05), lng: onGrid(180) });
  await fc.assert(
    fc.asyncProperty(fc.array(place, { minLength: 200, maxLength: 500 }), async (places) => {
      expect(places.map(geoSetScore)).toEqual(await scoresByRedis(places));
    }),
    { numRuns: 20 },
  );
  const corners = [-85.05, 0, 85.05].flatMap((lat) => [-180, 0, 180].map((lng) => ({ lat, lng })));
  const snapped = corners.map(({ lat, lng }) => ({
    lat: Math.round(lat * STEPS_PER_DEGREE) / STEPS_PER_DEGREE,
    lng,
  }));
  expect(corners.map(geoSetScore)).toEqual(await scoresByRedis(snapped));
});

test('positions on the same grid point have the same score, and poles are clamped to the edge', () => {
  const at = (lat: number, lng: number) => geoSetScore({ lat, lng });
  expect(at(40.75 + 0.4 / STEPS_PER_DEGREE, -73.99)).toBe(at(40.75, -73.99));
  expect(at(40.75 + 0.6 / STEPS_PER_DEGREE, -73.99)).not.toBe(at(40.75, -73.99));
  expect(at(90, 12)).toBe(at(85.05, 12));
});
