import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import type { TrackFix } from '#store';
import { geoJsonOf, gpxFileName, gpxOf, historyJsonOf } from './track-formats.js';

const START = Date.UTC(2026, 0, 1, 10);
const span = { from: START, to: START + 3_600_000 };

const fixAt = (seconds: number, change: Partial<TrackFix> = {}): TrackFix => ({
  t: START + seconds * 1_000,
  lat: 40.75,
  lng: -73.99 + seconds * 0.0001,
  heading: 90,
  speedMps: 8.4,
  accuracyM: 5,
  isSpeedReported: true,
  late: false,
  ...change,
});

async function* pagesOf(...pages: TrackFix[][]): AsyncGenerator<TrackFix[]> {
  yield* pages;
}
async function textOf(texts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of texts) text += part;
  return text;
}
const geoJson = async (pages: TrackFix[][], limit = 100) =>
  JSON.parse(await textOf(geoJsonOf('d-1', span, pagesOf(...pages), limit)));
const gpx = (driverId: string, ...pages: TrackFix[][]) => textOf(gpxOf(driverId, pagesOf(...pages)));

describe('GeoJSON', () => {
  const fixes = [fixAt(0), fixAt(10, { heading: 91.5, late: true }), fixAt(20, { speedMps: 0 })];
  const [first, second, third] = fixes as [TrackFix, TrackFix, TrackFix];

  test.each([
    ['one page', [fixes]],
    ['several pages', [[first, second], [third]]],
  ])('is a line, with the rest of each fix beside it, from %s', async (_, pages) => {
    expect(await geoJson(pages)).toEqual({
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: fixes.map(({ lat, lng }) => [lng, lat]) },
      properties: {
        driverId: 'd-1',
        ...span,
        distanceM: expect.closeTo(168.5, 0),
        fixes: 3,
        truncated: false,
        next: null,
        times: [START, START + 10_000, START + 20_000],
        headings: [90, 91.5, 90],
        speedsMps: [8.4, 8.4, 0],
        late: [1],
      },
    });
  });

  test.each([
    ['within a page', [fixes], 2],
    ['at the end of a page', [[first, second], [third]], 2],
    ['after one fix', [fixes], 1],
  ])('ends %s at its limit, with the time at which the rest begins', async (_, pages, limit) => {
    const { geometry, properties } = await geoJson(pages, limit);
    expect(geometry.type).toBe(limit === 1 ? 'Point' : 'LineString');
    const last = START + (limit - 1) * 10_000;
    expect(properties).toMatchObject({ fixes: limit, truncated: true, next: last + 1 });
    expect(properties.times.at(-1)).toBe(last);
  });

  test('is a point for one fix, and has no geometry without fixes', async () => {
    const one = fixAt(0);
    expect((await geoJson([[one]])).geometry).toEqual({ type: 'Point', coordinates: [one.lng, one.lat] });
    const none = await geoJson([]);
    expect(none.geometry).toBeNull();
    expect(none.properties).toMatchObject({ fixes: 0, distanceM: 0, times: [], late: [], next: null });
  });
});

describe('GPX', () => {
  /** Parses a valid GPX text into its one track. */
  const read = (text: string) => {
    expect(XMLValidator.validate(text)).toBe(true);
    const parser = new XMLParser({
      ignoreAttributes: false,
      parseTagValue: false,
      isArray: (tag) => ['trk', 'trkseg', 'trkpt'].includes(tag),
    });
    const { gpx } = parser.parse(text);
    expect(gpx).toMatchObject({
      '@_version': '1.1',
      '@_creator': 'Hexfleet',
      '@_xmlns': 'http://www.topografix.com/GPX/1/1',
    });
    expect(gpx.trk).toHaveLength(1);
    return gpx.trk[0];
  };

  test('is one track, with a new segment after more than five minutes', async () => {
    const track = read(await gpx('d-1', [fixAt(0), fixAt(300)], [fixAt(600.001), fixAt(601)]));
    expect(track.name).toBe('d-1');
    expect(track.desc).toBeUndefined();
    expect(track.trkseg.map(({ trkpt }: { trkpt: unknown[] }) => trkpt.length)).toEqual([2, 2]);
    expect(track.trkseg[0].trkpt[0]).toEqual({
      '@_lat': '40.7500000',
      '@_lon': '-73.9900000',
      time: '2026-01-01T10:00:00.000Z',
    });
    expect(track.trkseg[1].trkpt[0].time).toBe('2026-01-01T10:10:00.001Z');
  });

  test('has only numbers that its schema allows', async () => {
    const at = (lat: number, lng: number) => fixAt(0, { lat, lng });
    const track = read(await gpx('d', [at(-1e-7, 1e-7), at(90, 180), at(-90, -180)]));
    const points = track.trkseg[0].trkpt.map((point: Record<string, string>) => [
      point['@_lat'],
      point['@_lon'],
    ]);
    expect(points).toEqual([
      ['-0.0000001', '0.0000001'],
      ['90.0000000', '-180.0000000'],
      ['-90.0000000', '-180.0000000'],
    ]);
  });

  test('is valid for any driver id, and without fixes', async () => {
    const name = `<&"'>]]>`;
    const text = await gpx(name, [fixAt(0)]);
    expect(text).toContain('<name>&lt;&amp;&quot;&apos;&gt;]]&gt;</name>');
    expect(read(text)).toMatchObject({ name });
    expect(read(await gpx('d')).trkseg).toBeUndefined();
  });

  test('has a file name that is valid in any file system', () => {
    expect(gpxFileName('a:b|c@d+e.f-1_2')).toBe('track-a_b_c_d_e.f-1_2.gpx');
  });
});

describe('the history of an area', () => {
  const vehicle = (driverId: string) => ({
    driverId,
    times: [0],
    positions: [[-73.99, 40.75] as [number, number]],
  });
  async function* read(parts: Array<ReturnType<typeof vehicle>[]>, truncated: boolean) {
    yield* parts;
    return { truncated, candidates: 9 };
  }

  test.each([
    ['none', []],
    ['one part', [[vehicle('a'), vehicle('b')]]],
    ['several parts', [[vehicle('a')], [vehicle('b'), vehicle('c')], [vehicle('d')]]],
  ])('is valid JSON with all vehicles in order: %s', async (_, parts) => {
    const text = await textOf(historyJsonOf(span, read(parts, true)));
    expect(JSON.parse(text)).toEqual({ ...span, vehicles: parts.flat(), truncated: true, candidates: 9 });
  });

  test('is not begun when nothing can be read', async () => {
    const texts = historyJsonOf(
      span,
      // biome-ignore lint/correctness/useYield: fails before it yields
      (async function* () {
        throw new Error('cut off');
      })(),
    );
    await expect(texts.next()).rejects.toThrow('cut off');
  });
});
