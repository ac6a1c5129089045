import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { driverIdsOf } from './driver-ids.js';
import { parseTrace } from './trace.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const point = (time = '<time>2026-01-01T00:00:00Z</time>', attributes = 'lat="40.1" lon="-73.9"') =>
  `<trkpt ${attributes}>${time}</trkpt>`;
const gpx = (...points: string[]) =>
  `<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>${points.join('\n')}</trkseg></trk></gpx>`;
const parsed = (text: string | Buffer, name = 'x.gpx') =>
  parseTrace(name, typeof text === 'string' ? Buffer.from(text) : text);
const times = (text: string) => parsed(text).points.map(({ t }) => t - START);

describe('a recording in NDJSON', () => {
  test('is sorted by time, and may have blank lines, any line ends, a byte order mark and numbers as ids', () => {
    const lines = ['\uFEFF{"id":"a","t":5,"lat":1,"lng":2}', '', '  ', '{"id":7,"t":0,"lat":3,"lng":4}', ''];
    for (const end of ['\n', '\r\n', '\r'])
      expect(parsed(lines.join(end), 'x.ndjson')).toEqual({
        points: [
          { id: '7', t: 0, lat: 3, lng: 4 },
          { id: 'a', t: 5, lat: 1, lng: 2 },
        ],
        notes: [],
      });
  });

  test('keeps ids as other systems write them', () => {
    const id = 'Водитель № 5, (night)';
    expect(parsed(`{"id":${JSON.stringify(id)},"t":5,"lat":1,"lng":2}`, 'x').points[0]!.id).toBe(id);
  });

  test('counts the points that cannot be played, and names the first of each kind', () => {
    const lines = [
      '{"id":"a","t":0,"lat":1,"lng":2}',
      '{"id":"a","t":null,"lat":1,"lng":2}',
      '{"id":"a","lat":1,"lng":2}',
      '{"id":"a","t":9,"lat":null,"lng":2}',
      '{"id":"a","t":9,"lat":0,"lng":0}',
    ];
    expect(parsed(lines.join('\n'), 'x.ndjson').notes).toEqual([
      '2 points without a time were skipped, the first at line 2',
      '1 point without a position was skipped: line 4',
      '1 point at 0, 0, from a receiver without a fix, was skipped: line 5',
    ]);
  });

  test.each([
    ['{"id":', 'line 2 is not'],
    ['{"id":"a","t":"5","lat":1,"lng":2}', 'line 2 is not'],
    ['{"id":"a","t":5,"lat":"40,1","lng":2}', 'line 2 is not'],
    ['{"id":"","t":5,"lat":1,"lng":2}', 'line 2 is not'],
    ['{"id":true,"t":5,"lat":1,"lng":2}', 'line 2 is not'],
    ['null', 'line 2 is not'],
    ['{"id":"a","t":5,"lat":90.5,"lng":2}', 'line 2: the latitude 90.5 is not in [-90, 90]'],
    ['{"id":"a","t":5,"lat":1,"lng":-181}', 'line 2: the longitude -181 is not in [-180, 180]'],
  ])('with %s names the file and the line', (line, message) => {
    const error = (() => {
      try {
        return parsed(`{"id":"a","t":5,"lat":1,"lng":2}\n${line}`, 'day.ndjson');
      } catch (caught) {
        return (caught as Error).message;
      }
    })();
    expect(error).toMatch(/^day\.ndjson: [^\n]+$/);
    expect(error).toContain(message);
  });
});

describe('a recording in GPX', () => {
  test('has one driver per track and per route, in any version and with any prefix', () => {
    const plain = `<gpx version="1.0"><trk><name>a</name><trkseg>${point()}</trkseg><trkseg>${point('<ele>3</ele><time>2026-01-01T00:00:05Z</time>')}</trkseg></trk>
      <trk/><trk><trkseg/></trk><rte><rtept lat="1" lon="2"><time>2026-01-01T00:00:07Z</time></rtept></rte></gpx>`;
    const prefixed = plain
      .replaceAll(/<(\/?)(?=\w)/g, '<$1g:')
      .replace('<g:gpx', '<g:gpx xmlns:g="http://www.topografix.com/GPX/1/0"');
    const points = [
      { id: 'track-1', t: START, lat: 40.1, lng: -73.9 },
      { id: 'track-1', t: START + 5_000, lat: 40.1, lng: -73.9 },
      { id: 'route-1', t: START + 7_000, lat: 1, lng: 2 },
    ];
    for (const text of [plain, prefixed]) expect(parsed(text)).toEqual({ points, notes: [] });
  });

  test('plays waypoints only if there is nothing else', () => {
    const waypoint = '<wpt lat="1" lon="2"><time>2026-01-01T00:00:07Z</time></wpt>';
    expect(parsed(`<gpx>${waypoint}</gpx>`).points).toEqual([
      { id: 'waypoints', t: START + 7_000, lat: 1, lng: 2 },
    ]);
    expect(parsed(gpx(point()).replace('<trk>', `${waypoint}${waypoint}<trk>`)).notes).toEqual([
      '2 waypoints beside the tracks were skipped, the first at wpt 1',
    ]);
  });

  test.each([
    ['2026-01-01T00:00:05Z', 5_000],
    ['2026-01-01T00:00:05', 5_000],
    ['2026-01-01 00:00:05', 5_000],
    ['2026-01-01T00:00', 0],
    ['2026-01-01T03:00:05.25+03:00', 5_250],
    ['2025-12-31T19:30:00-0430', 0],
    ['2026-01-01T00:00:05,123456789Z', 5_123],
    [' 2026-01-01T00:00:05z ', 5_000],
  ])('reads the time %s', (time, ms) => {
    expect(times(gpx(point(`<time>${time}</time>`)))).toEqual([ms]);
  });

  test('reads coordinates with a decimal comma, a sign or an exponent', () => {
    const written = ['lat="40,5" lon="-73,25"', 'lat=" +40.5 " lon="-7325e-2"', "lon='-73.250' lat='40.50'"];
    const { points } = parsed(gpx(...written.map((attributes) => point(undefined, attributes))));
    for (const { lat, lng } of points) expect([lat, lng]).toEqual([40.5, -73.25]);
    expect(points).toHaveLength(3);
  });

  test('counts points without a time or a position', () => {
    const broken = [point(''), point('<time/>'), point('<time> </time>'), point(undefined, 'lat="" lon="1"')];
    const more = [
      point(undefined, 'lat="NaN" lon="NaN"'),
      point(undefined, 'lon="1"'),
      point(undefined, 'lat="0" lon="0"'),
    ];
    const { points, notes } = parsed(gpx(point(), ...broken, ...more));
    expect(points).toHaveLength(1);
    expect(notes).toEqual([
      '3 points without a time were skipped, the first at trk 1, trkseg 1, trkpt 2',
      '3 points without a position were skipped, the first at trk 1, trkseg 1, trkpt 5',
      '1 point at 0, 0, from a receiver without a fix, was skipped: trk 1, trkseg 1, trkpt 8',
    ]);
  });

  test('without a point that can be played says why', () => {
    expect(() => parsed(gpx(point(''), point('')), 'day.gpx')).toThrow(
      'day.gpx: there are no points that can be played; 2 points without a time were skipped, the first at trk 1, trkseg 1, trkpt 1',
    );
    for (const empty of ['<gpx></gpx>', '<gpx/>', '']) expect(() => parsed(empty)).toThrow('no points');
  });

  test.each([
    [
      gpx(point(undefined, 'lat="91" lon="1"')),
      'trk 1, trkseg 1, trkpt 1: the latitude 91 is not in [-90, 90]',
    ],
    [
      gpx(point(), point(undefined, 'lat="4O.1" lon="1"')),
      'trk 1, trkseg 1, trkpt 2: lat="4O.1" is not a number',
    ],
    [gpx(point(undefined, 'lat="1.234.567" lon="1"')), 'lat="1.234.567" is not a number'],
    [gpx(point('<time>yesterday</time>')), 'trk 1, trkseg 1, trkpt 1: <time>yesterday</time> is not a time'],
    [gpx(point('<time>2026-02-30T00:00:00Z</time>')), 'is not a time'],
    [gpx(point('<time>2026-01-01T25:00:00Z</time>')), 'is not a time'],
    [gpx(point('<time>01/02/2026</time>')), 'is not a time'],
    ['<kml><Placemark/></kml>', 'the root element is <kml>, not <gpx>'],
    [gpx(point()).replace('</trkseg>', ''), 'line 1: '],
    [
      '<?xml version="1.0" encoding="x-none"?><gpx/>',
      'the encoding "x-none" in the XML declaration is not known',
    ],
  ])(
    'with a malformed value stops with one line that names the file and the element: %#',
    (text, message) => {
      const error = (() => {
        try {
          return parsed(text, 'day.gpx');
        } catch (caught) {
          return (caught as Error).message;
        }
      })();
      expect(error).toMatch(/^day\.gpx: [^\n]+$/);
      expect(error).toContain(message);
    },
  );

  const cyrillic = (encoding: string) =>
    `<?xml version="1.0" encoding="${encoding}"?>${gpx(point()).replace('<trk>', '<trk><name>Ночь</name>')}`;
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');
  const windows1251 = (text: string) =>
    Buffer.from(
      [...text].map((letter) =>
        letter >= 'А' && letter <= 'я' ? letter.charCodeAt(0) - 0x410 + 0xc0 : letter.charCodeAt(0),
      ),
    );

  test.each([
    ['UTF-8', Buffer.from(cyrillic('UTF-8'))],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${cyrillic('utf-8')}`)],
    ['UTF-16, little endian, with a byte order mark', utf16(`\uFEFF${cyrillic('UTF-16')}`)],
    ['UTF-16, big endian, with a byte order mark', utf16(`\uFEFF${cyrillic('UTF-16')}`).swap16()],
    ['UTF-16, little endian, without one', utf16(cyrillic('UTF-16'))],
    ['UTF-16, big endian, without one', utf16(cyrillic('UTF-16BE')).swap16()],
    ['windows-1251', windows1251(cyrillic('windows-1251'))],
    ['UTF-8 under a declaration of UTF-16', Buffer.from(cyrillic('UTF-16'))],
    ['UTF-8 with the line ends of Windows', Buffer.from(cyrillic('UTF-8').replaceAll('>', '>\r\n'))],
  ])('is read in %s', (_, bytes) => {
    expect(parsed(bytes).points).toEqual([{ id: 'track-1', t: START, lat: 40.1, lng: -73.9 }]);
  });

  test('in another encoding than it says is an error', () => {
    expect(() => parsed(windows1251(cyrillic('UTF-8')), 'day.gpx')).toThrow(
      'day.gpx: the file is not valid UTF-8',
    );
  });
});

test('each id of a recording becomes a driver id of its own', () => {
  const long = 'x'.repeat(40);
  const ids = [
    'car-1',
    'Водитель 5',
    'Водитель 6',
    'a b',
    'a_b',
    `${long}-first`,
    `${long}-second`,
    '42',
    '..',
    '',
  ];
  const found = driverIdsOf(ids);
  expect(found.get('car-1')).toBe('car-1');
  expect(found.get('a_b')).toBe('a_b');
  expect(new Set(found.values()).size).toBe(ids.length);
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 30 }), (some) => {
      const driverIds = [...driverIdsOf(some).values()];
      expect(new Set(driverIds).size).toBe(some.length);
      for (const id of driverIds) expect(`${id}-run`).toMatch(/^[A-Za-z0-9_.:@|+-]{1,44}$/);
    }),
  );
});
