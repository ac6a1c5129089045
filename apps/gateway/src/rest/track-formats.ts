import { drivenM, wrapLng } from '#geo';
import type { Span, Track } from '#protocol';
import type { TrackFix, TrackPart } from '#store';

/** A longer time without a fix begins a new segment of a GPX track. */
const GAP_MS = 5 * 60_000;

export function trackGeoJson(driverId: string, { from, to }: Span, { fixes, truncated }: TrackPart): Track {
  return {
    type: 'Feature',
    geometry: geometryOf(fixes),
    properties: {
      driverId,
      from,
      to,
      distanceM: Math.round(drivenM(fixes) * 10) / 10,
      fixes: fixes.length,
      truncated,
      times: fixes.map(({ t }) => t),
      headings: fixes.map(({ heading }) => heading),
      speedsMps: fixes.map(({ speedMps }) => speedMps),
      late: fixes.flatMap(({ late }, index) => (late ? [index] : [])),
    },
  };
}

/** RFC 7946 wants two positions in a line, and null where there is no place. */
function geometryOf(fixes: TrackFix[]): Track['geometry'] {
  const coordinates = fixes.map(({ lat, lng }): [number, number] => [lng, lat]);
  if (coordinates.length === 0) return null;
  if (coordinates.length === 1) return { type: 'Point', coordinates: coordinates[0]! };
  return { type: 'LineString', coordinates };
}

/**
 * GPX 1.1, https://www.topografix.com/GPX/1/1/: one track, a new segment after each gap.
 * @param part its fixes by time
 */
export function trackGpx(driverId: string, { fixes, truncated }: TrackPart): string {
  const description = truncated ? '<desc>Truncated: there are later points</desc>\n' : '';
  const segments = segmentsOf(fixes).map(
    (segment) => `<trkseg>\n${segment.map(gpxPoint).join('')}</trkseg>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Hexfleet" xmlns="http://www.topografix.com/GPX/1/1">
<trk>
<name>${escapeXml(driverId)}</name>
${description}${segments.join('')}</trk>
</gpx>
`;
}

function segmentsOf(fixes: TrackFix[]): TrackFix[][] {
  const segments: TrackFix[][] = [];
  for (const [i, fix] of fixes.entries()) {
    if (i === 0 || fix.t - fixes[i - 1]!.t > GAP_MS) segments.push([]);
    segments.at(-1)!.push(fix);
  }
  return segments;
}

/** Its numbers have no exponents, and its longitudes end before 180. */
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

/** A driver's id may hold what a file name may not. */
export const gpxFileName = (driverId: string): string =>
  `track-${driverId.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.gpx`;
