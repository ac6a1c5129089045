import { Odometer, wrapLng } from '#geo';
import type { Span, VehicleHistory } from '#protocol';
import type { TrackFix } from '#store';

/** A longer gap between fixes begins a new segment of a GPX track. */
const GAP_MS = 5 * 60_000;

/** Fixes of a track in time order. Invariant: a page with a single fix is the only page. */
type Pages = AsyncIterable<TrackFix[]>;

/**
 * Writes a `Track` of the protocol as JSON, page by page. Positions are written as they arrive; the other properties
 * follow after the last position, so they are buffered as text, about 25 bytes per fix.
 * @param limit maximum number of fixes
 * @returns the distance in metres, and whether later fixes were left out
 */
export async function* geoJsonOf(
  driverId: string,
  { from, to }: Span,
  pages: Pages,
  limit: number,
): AsyncGenerator<string, { distanceM: number; truncated: boolean }> {
  const odometer = new Odometer();
  const times: string[] = [];
  const headings: string[] = [];
  const speedsMps: string[] = [];
  const late: number[] = [];
  let count = 0;
  let lastT = 0;
  let truncated = false;
  for await (const page of pages) {
    const fixes = page.slice(0, limit - count);
    truncated = fixes.length < page.length;
    if (fixes.length > 0) {
      const positions = fixes.map(({ lat, lng }) => `[${lng},${lat}]`).join(',');
      yield `${count === 0 ? beginningOf(fixes.length === 1) : ','}${positions}`;
      for (const [i, fix] of fixes.entries()) {
        odometer.add(fix);
        if (fix.late) late.push(count + i);
      }
      times.push(fixes.map(({ t }) => t).join(','));
      headings.push(fixes.map(({ heading }) => heading).join(','));
      speedsMps.push(fixes.map((fix) => fix.speedMps).join(','));
      count += fixes.length;
      lastT = fixes.at(-1)!.t;
    }
    if (truncated) break;
  }
  const distanceM = Math.round(odometer.metres * 10) / 10;
  const next = truncated ? lastT + 1 : null;
  const known = { driverId, from, to, distanceM, fixes: count, truncated, next, late };
  yield `${endOf(count)},"properties":${JSON.stringify(known).slice(0, -1)}`;
  for (const [name, texts] of Object.entries({ times, headings, speedsMps })) {
    yield `,"${name}":[`;
    for (const [i, text] of texts.entries()) yield i === 0 ? text : `,${text}`;
    yield ']';
  }
  yield '}}';
  return { distanceM, truncated };
}

const FEATURE = '{"type":"Feature","geometry":';

/** RFC 7946 requires two positions in a line, and null for a missing geometry. */
const beginningOf = (isPoint: boolean): string =>
  `${FEATURE}${isPoint ? '{"type":"Point","coordinates":' : '{"type":"LineString","coordinates":['}`;

function endOf(count: number): string {
  if (count === 0) return `${FEATURE}null`;
  return count === 1 ? '}' : ']}';
}

/** Writes GPX 1.1, https://www.topografix.com/GPX/1/1/, page by page: one track, a new segment after each gap. */
export async function* gpxOf(driverId: string, pages: Pages): AsyncGenerator<string> {
  const head = `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Hexfleet" xmlns="http://www.topografix.com/GPX/1/1">
<trk>
<name>${escapeXml(driverId)}</name>
`;
  let before: number | null = null;
  for await (const page of pages) {
    let text = before === null ? `${head}<trkseg>\n` : '';
    for (const fix of page) {
      if (before !== null && fix.t - before > GAP_MS) text += '</trkseg>\n<trkseg>\n';
      text += gpxPoint(fix);
      before = fix.t;
    }
    yield text;
  }
  yield `${before === null ? head : '</trkseg>\n'}</trk>\n</gpx>\n`;
}

/** Writes a `FleetHistory` of the protocol as JSON, some vehicles at a time. */
export async function* historyJsonOf(
  { from, to }: Span,
  vehicles: AsyncGenerator<VehicleHistory[], { truncated: boolean; candidates: number }>,
): AsyncGenerator<string> {
  const head = `{"from":${from},"to":${to},"vehicles":[`;
  let isFirst = true;
  for (;;) {
    const { done, value } = await vehicles.next();
    if (done)
      return yield `${isFirst ? head : ''}],"truncated":${value.truncated},"candidates":${value.candidates}}`;
    yield `${isFirst ? head : ','}${JSON.stringify(value).slice(1, -1)}`;
    isFirst = false;
  }
}

/** Formats a GPX point: GPX allows no exponents, and longitudes below 180 only. */
function gpxPoint({ t, lat, lng }: TrackFix): string {
  const time = new Date(t).toISOString();
  return `<trkpt lat="${lat.toFixed(7)}" lon="${wrapLng(lng).toFixed(7)}"><time>${time}</time></trkpt>\n`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** Returns a safe file name: ids may contain characters that file names may not. */
export const gpxFileName = (driverId: string): string =>
  `track-${driverId.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.gpx`;
