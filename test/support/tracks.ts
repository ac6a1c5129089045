import { existsSync, readFileSync } from 'node:fs';
import { gaussian, seeded } from '#city';
import { destination, distanceM, type Point } from '../../libs/geo/src/distance.js';

export type TracedFix = Point & { t: number };

/** Moves each point by a receiver's error: gaussian, with this deviation in metres on each axis. */
export function receiverNoise(seed: number, deviationM: number): (point: Point) => Point {
  const random = seeded(seed);
  return (point) =>
    destination(destination(point, 0, deviationM * gaussian(random)), 90, deviationM * gaussian(random));
}

/** The tracks of a real recording by their ids, or null where the recordings are not there. */
export function recordedTracks(name: 'nyc-trips' | 'beijing-gps'): Map<string, TracedFix[]> | null {
  const path = `../shared/traces/${name}.ndjson`;
  if (!existsSync(path)) return null;
  const tracks = new Map<string, TracedFix[]>();
  for (const line of readFileSync(path, 'utf8').trim().split('\n')) {
    const { id, ...fix } = JSON.parse(line);
    const track = tracks.get(id);
    if (track === undefined) tracks.set(id, [fix]);
    else track.push(fix);
  }
  return tracks;
}

export const sumOfSteps = (fixes: Point[]): number =>
  fixes.slice(1).reduce((sum, fix, i) => sum + distanceM(fixes[i]!, fix), 0);

/** Degrees between two headings, 0 to 180. */
export const turn = (a: number, b: number): number => Math.abs(((((a - b + 180) % 360) + 360) % 360) - 180);

export const quantile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;

export const median = (values: number[]): number => quantile(values, 0.5);
