import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { PointCollector } from './points.js';

type Text = string | { '#text'?: string };
// An empty element is the empty string, which has none of these fields either.
type Point = { '@lat'?: string; '@lon'?: string; time?: Text | Text[] };
type Gpx = {
  trk?: Array<{ trkseg?: Array<{ trkpt?: Point[] }> }>;
  rte?: Array<{ rtept?: Point[] }>;
  wpt?: Point[];
};

const LISTS = new Set(['trk', 'trkseg', 'trkpt', 'rte', 'rtept', 'wpt']);
/** Attributes with which exporters say that they do not know a coordinate. */
const MISSING = new Set(['', 'nan', 'null']);
const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i;
/** xsd:dateTime, also with a space between date and time, without seconds, and with a decimal comma. */
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d+))?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads GPX 1.0 or 1.1 (https://www.topografix.com/GPX/1/1/), with any namespace prefix: one driver per track and per route.
 * Waypoints are places and not played, unless there is nothing else.
 * @throws {Error} naming the element that is malformed
 */
export function readGpx(text: string): PointCollector {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(`line ${valid.err.line}: ${valid.err.msg}`);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    removeNSPrefix: true,
    isArray: (tag) => LISTS.has(tag),
    parseTagValue: false,
  });
  const document = parser.parse(text) as Record<string, Gpx>;
  const root = Object.keys(document).find((name) => !name.startsWith('?'));
  if (root !== 'gpx') throw new Error(`the root element is <${root ?? ''}>, not <gpx>`);
  return collect(document.gpx!);
}

function collect({ trk = [], rte = [], wpt = [] }: Gpx): PointCollector {
  const collector = new PointCollector();
  const add = (id: string, place: string, points: Point[] = []) => {
    for (const [i, point] of points.entries()) {
      const where = `${place} ${i + 1}`;
      const { time, '@lat': lat, '@lon': lon } = point;
      collector.add(where, id, timeOf(where, time), degrees(where, 'lat', lat), degrees(where, 'lon', lon));
    }
  };
  for (const [i, track] of trk.entries())
    for (const [j, segment] of (track.trkseg ?? []).entries())
      add(`track-${i + 1}`, `trk ${i + 1}, trkseg ${j + 1}, trkpt`, segment.trkpt);
  for (const [i, route] of rte.entries()) add(`route-${i + 1}`, `rte ${i + 1}, rtept`, route.rtept);
  if (trk.length === 0 && rte.length === 0) add('waypoints', 'wpt', wpt);
  else for (const i of wpt.keys()) collector.skip('path', `wpt ${i + 1}`);
  return collector;
}

/** Parses a coordinate, also with a decimal comma; null if it is missing. */
function degrees(place: string, name: string, value = ''): number | null {
  const text = value.trim();
  if (MISSING.has(text.toLowerCase())) return null;
  if (!NUMBER.test(text)) throw new Error(`${place}: ${name}="${value.slice(0, 40)}" is not a number`);
  return Number(text.replace(',', '.'));
}

/** Parses a time, in UTC if it has no zone; null if it is missing. */
function timeOf(place: string, value: Text | Text[] = ''): number | null {
  const [first = ''] = Array.isArray(value) ? value : [value];
  const text = (typeof first === 'string' ? first : (first['#text'] ?? '')).trim();
  if (text === '') return null;
  const [, date, clock, fraction = '0', zone = 'Z'] = TIME.exec(text) ?? [];
  // Date.parse would take the 31st of February for a day in March.
  const isDay = date !== undefined && dayOf(Date.parse(`${date}T00:00Z`)) === date;
  const ms = Date.parse(`${date}T${clock}Z`.replace(/T(\d\d:\d\d)Z/, 'T$1:00Z'));
  if (!isDay || Number.isNaN(ms))
    throw new Error(`${place}: <time>${text.slice(0, 40)}</time> is not a time`);
  return ms + Math.round(Number(`0.${fraction}`) * 1_000) - offsetMs(zone);
}

const dayOf = (ms: number): string => (Number.isNaN(ms) ? '' : new Date(ms).toISOString().slice(0, 10));

function offsetMs(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
