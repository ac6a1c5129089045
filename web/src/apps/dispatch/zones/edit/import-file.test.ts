import { expect, test } from 'vitest';
import { type Code, HexfleetError, type ZonesApi } from '#sdk';
import { faultText } from './change-texts.js';
import { importFile } from './import-file.js';

async function reasonsOf(code: Code, listed: string): Promise<string[] | undefined> {
  const error = new HexfleetError({ code, retry: false, message: `Something is wrong (${listed})` } as never);
  const api = { import: () => Promise.reject(error) } as unknown as ZonesApi;
  const report = await importFile(api, 'region', new File(['{}'], 'zones.geojson'), 'no_go');
  return report.reasons;
}

test('each refused feature is named with its reason, counted from 1', async () => {
  const listed =
    'feature 0 “One; two” has 1001 vertices; a zone has at most 1000; feature 7 is not a Feature; and 3 more';
  expect(await reasonsOf('BAD_GEOJSON', listed)).toEqual([
    'Feature 1 “One; two” has 1001 vertices; a zone has at most 1000',
    'Feature 8 is not a Feature',
    'And 3 more',
  ]);
  expect(
    await reasonsOf('BAD_GEOJSON', 'the input is neither a FeatureCollection nor a Feature of GeoJSON'),
  ).toEqual(['The file is neither a FeatureCollection nor a Feature of GeoJSON']);
});

test('what is refused for another cause is said as the error says it', async () => {
  expect(await reasonsOf('ZONE_LOCKED', 'zone a; feature 1')).toEqual([
    'Something is wrong (zone a; feature 1)',
  ]);
});

test('a fault is said with its numbers, values and place, and as it is if it is not known', () => {
  expect(faultText('crosses or touches itself at -73.99, 40.75')).toBe(
    'crosses or touches itself (-73.99, 40.75)',
  );
  expect(faultText('has a ring that is not closed: it ends at 1.5, -2, not where it began')).toBe(
    'has a ring that is not closed: it ends at 1.5, -2, not where it began',
  );
  expect(faultText('has a position that is not [longitude, latitude]: 91, 4')).toMatch(/latitude\]: 91, 4$/);
  expect(faultText('has the id a-1 of another feature')).toBe('has the id a-1 of another feature');
  expect(faultText('is new to this page at 1, 2')).toBe('is new to this page at 1, 2');
});
