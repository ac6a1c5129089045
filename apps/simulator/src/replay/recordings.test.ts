import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { groupBy } from '#store';
import { driverIdsOf } from './driver-ids.js';
import { parseTrace, type TracePoint } from './trace.js';

const FOLDER = '../shared/traces';
const absent = !existsSync(FOLDER);
/** File, and the number of its tracks and fixes. */
const RECORDINGS = [
  ['nyc-trips.ndjson', 498, 25_569],
  ['beijing-gps.ndjson', 48, 38_440],
] as const;

/** Writes points as other programs do: one track per id, with a prefix, decimal commas and times with an offset. */
function asGpx(points: TracePoint[]): string {
  const track = (own: TracePoint[]) =>
    own.map(({ t, lat, lng }) => {
      const time = new Date(t + 3 * 3_600_000).toISOString().replace('Z', '+03:00');
      const at = `lat="${String(lat).replace('.', ',')}" lon="${String(lng).replace('.', ',')}"`;
      return `<g:trkpt ${at}><g:time>${time}</g:time></g:trkpt>`;
    });
  const tracks = [...groupBy(points, ({ id }) => id)].map(
    ([id, own]) => `<g:trk><g:name>${id}</g:name><g:trkseg>${track(own).join('\r\n')}</g:trkseg></g:trk>`,
  );
  return `<g:gpx version="1.0" xmlns:g="http://www.topografix.com/GPX/1/0">${tracks.join('')}</g:gpx>`;
}

const sorted = (points: Array<Omit<TracePoint, 'id'>>) =>
  points.map(({ t, lat, lng }) => `${t} ${lat} ${lng}`).toSorted();

describe.skipIf(absent)(`the recording${absent ? ' (data not available)' : ''}`, () => {
  test.each(RECORDINGS)(
    '%s has %i tracks and %i points, all of which can be played',
    (file, tracks, fixes) => {
      const { points, notes } = parseTrace(file, readFileSync(`${FOLDER}/${file}`));
      expect(notes).toEqual([]);
      expect(points).toHaveLength(fixes);
      expect(driverIdsOf([...new Set(points.map(({ id }) => id))]).size).toBe(tracks);
    },
  );

  test.each(RECORDINGS)('%s begins the same as GPX in UTF-8 and UTF-16', (file) => {
    const points = parseTrace(file, readFileSync(`${FOLDER}/${file}`)).points.slice(0, 5_000);
    const gpx = asGpx(points);
    for (const bytes of [Buffer.from(gpx), Buffer.from(`\uFEFF${gpx}`, 'utf16le')]) {
      const read = parseTrace('x.gpx', bytes);
      expect(read.notes).toEqual([]);
      expect(new Set(read.points.map(({ id }) => id)).size).toBe(new Set(points.map(({ id }) => id)).size);
      expect(sorted(read.points)).toEqual(sorted(points));
    }
  });
});
