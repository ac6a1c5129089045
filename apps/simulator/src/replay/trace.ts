import { decode } from './decode.js';
import { readGpx } from './gpx.js';
import { PointCollector, type TracePoint } from './points.js';

export type { TracePoint };

/** A recording: its points sorted by time, and a sentence about each kind of point that cannot be played. */
export type Trace = { points: TracePoint[]; notes: string[] };

/**
 * Parses a recording, GPX or NDJSON by its content.
 * @param name of the file, for errors
 * @throws {Error} in one line that names the file and the invalid line or element
 */
export function parseTrace(name: string, bytes: Buffer): Trace {
  try {
    const text = decode(bytes);
    const { points, notes } = text.trimStart().startsWith('<') ? readGpx(text) : readNdjson(text);
    if (points.length === 0) throw new Error(['there are no points that can be played', ...notes].join('; '));
    return { points: points.sort((a, b) => a.t - b.t), notes };
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message.replaceAll(/\s+/g, ' ')}`);
  }
}

function readNdjson(text: string): PointCollector {
  const collector = new PointCollector();
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') continue;
    const place = `line ${index + 1}`;
    const { id, t, lat, lng } = fieldsOf(line, place);
    const [time, north, east] = [t, lat, lng].map((value) => value ?? null);
    const isPoint =
      (typeof id === 'string' && id.trim() !== '') || Number.isFinite(id)
        ? [time, north, east].every((value) => value === null || Number.isFinite(value))
        : false;
    if (!isPoint) throw new Error(`${place} is not {"id","t","lat","lng"}: ${line.slice(0, 80)}`);
    collector.add(place, String(id), time as number | null, north as number | null, east as number | null);
  }
  return collector;
}

function fieldsOf(line: string, place: string): Partial<Record<keyof TracePoint, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // the same error as for any other line that is no object
  }
  throw new Error(`${place} is not {"id","t","lat","lng"}: ${line.slice(0, 80)}`);
}
