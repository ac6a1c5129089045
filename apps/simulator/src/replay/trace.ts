import { XMLParser } from 'fast-xml-parser';

/** One recorded fix; `t` in ms since an arbitrary start. */
export type TracePoint = { id: string; t: number; lat: number; lng: number };

/** Parses a recording and sorts it by time. @throws {Error} naming the invalid line or element */
export function parseTrace(name: string, text: string): TracePoint[] {
  const points = /\.gpx$/i.test(name) ? parseGpx(text) : parseNdjson(text);
  if (points.length === 0) throw new Error(`${name} contains no points`);
  return points.sort((a, b) => a.t - b.t);
}

function parseNdjson(text: string): TracePoint[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const point = parseLine(line);
    if (point === null)
      throw new Error(`line ${index + 1} is not {"id","t","lat","lng"}: ${line.slice(0, 80)}`);
    return [point];
  });
}

function parseLine(line: string): TracePoint | null {
  try {
    const { id, t, lat, lng } = JSON.parse(line) as Partial<TracePoint>;
    return typeof id === 'string' && [t, lat, lng].every(Number.isFinite)
      ? { id, t: t!, lat: lat!, lng: lng! }
      : null;
  } catch {
    return null;
  }
}

type GpxPoint = { '@lat': string; '@lon': string; time?: string };
type Gpx = { gpx?: { trk?: Array<{ trkseg?: Array<{ trkpt?: GpxPoint[] }> }> } };

const LISTS = new Set(['trk', 'trkseg', 'trkpt']);

/** Parses GPX 1.1, https://www.topografix.com/GPX/1/1/, with one driver per track; points without a time cannot be replayed. */
function parseGpx(text: string): TracePoint[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    isArray: (tag) => LISTS.has(tag),
    parseTagValue: false,
  });
  const { gpx } = parser.parse(text) as Gpx;
  return (gpx?.trk ?? []).flatMap((track, index) =>
    (track.trkseg ?? []).flatMap(({ trkpt = [] }) =>
      trkpt.flatMap((point) => {
        const t = Date.parse(point.time ?? '');
        if (Number.isNaN(t)) return [];
        return [{ id: `track-${index + 1}`, t, lat: Number(point['@lat']), lng: Number(point['@lon']) }];
      }),
    ),
  );
}
