import { describe, expect, test } from 'vitest';
import { parseTrace } from './trace.js';

const gpx = `<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>
<trkpt lat="40.1" lon="-73.9"><time>2026-01-01T00:00:05Z</time></trkpt>
<trkpt lat="40.2" lon="-73.8"><ele>3</ele><time>2026-01-01T00:00:00Z</time></trkpt>
<trkpt lat="40.3" lon="-73.7"></trkpt></trkseg></trk></gpx>`;

describe('a recording', () => {
  test('in NDJSON is sorted by time', () => {
    const text = '{"id":"a","t":5,"lat":1,"lng":2}\n\n{"id":"b","t":0,"lat":3,"lng":4}\n';
    expect(parseTrace('x.ndjson', text).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  test('in GPX has one driver per track, and drops points without a time', () => {
    const start = Date.parse('2026-01-01T00:00:00Z');
    expect(parseTrace('x.gpx', gpx)).toEqual([
      { id: 'track-1', t: start, lat: 40.2, lng: -73.8 },
      { id: 'track-1', t: start + 5_000, lat: 40.1, lng: -73.9 },
    ]);
  });

  test('with an error names its place', () => {
    expect(() => parseTrace('x.ndjson', '{"id":"a","t":5,"lat":1,"lng":2}\n{"id":')).toThrow('line 2');
    expect(() => parseTrace('x.ndjson', '{"id":"a","t":"5","lat":1,"lng":2}')).toThrow('line 1');
    expect(() => parseTrace('x.gpx', '<gpx></gpx>')).toThrow('no points');
  });
});
