import { bearing, between, distanceM } from '#geo';
import type { FleetHistory, Position, Track } from '#protocol';

/** Positions of one vehicle over time. `times` and `line` have the same length. */
export type TrackHistory = {
  driverId: string;
  /** epoch ms */
  times: readonly number[];
  line: ReadonlyArray<readonly [lng: number, lat: number]>;
};

/** Below this distance two fixes differ only by GPS noise, which says nothing about the heading. */
const NOISE_M = 5;
/** Across a longer gap between two fixes the position is unknown. */
const MAX_GAP_MS = 90_000;

/** Returns the history of a track; null with fewer than two fixes, because nothing moves there. */
export function historyOfTrack({ geometry, properties }: Track): TrackHistory | null {
  if (geometry?.type !== 'LineString') return null;
  return { driverId: properties.driverId, times: properties.times, line: geometry.coordinates };
}

/** Returns the history of each vehicle in an area, with absolute times. */
export const historiesOfArea = ({ from, vehicles }: FleetHistory): TrackHistory[] =>
  vehicles.map(({ driverId, times, positions }) => ({
    driverId,
    times: times.map((t) => from + t),
    line: positions,
  }));

/** Returns the position at a time, interpolated between two fixes; null while it is unknown. @param at epoch ms */
export function positionAt(
  { times, line }: TrackHistory,
  at: number,
): (Position & { heading: number }) | null {
  if (times.length < 2 || at < times[0]! || at > times.at(-1)!) return null;
  const to = Math.max(1, firstAtOrAfter(times, at));
  const [fromT, toT] = [times[to - 1]!, times[to]!];
  const [from, end] = [positionOf(line[to - 1]!), positionOf(line[to]!)];
  if (toT - fromT > MAX_GAP_MS && at > fromT && at < toT) return null;
  const position = between(from, end, toT > fromT ? (at - fromT) / (toT - fromT) : 1);
  return {
    ...position,
    heading: distanceM(from, end) < NOISE_M ? headingBefore(line, to) : bearing(from, end),
  };
}

function firstAtOrAfter(times: readonly number[], at: number): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function headingBefore(line: TrackHistory['line'], to: number): number {
  const end = positionOf(line[to]!);
  for (let i = to - 1; i >= 0; i -= 1) {
    const from = positionOf(line[i]!);
    if (distanceM(from, end) >= NOISE_M) return bearing(from, end);
  }
  return 0;
}

const positionOf = ([lng, lat]: readonly [lng: number, lat: number]): Position => ({ lat, lng });

/** Subject of a replay: one driver, or all vehicles in the area on the map. */
export type Subject = { kind: 'driver'; driverId: string } | { kind: 'area' };

/** State of a replay. */
export type Replay = {
  subject: Subject;
  histories: readonly TrackHistory[];
  /** epoch ms of the first fix, the last one, and the moment on screen */
  from: number;
  to: number;
  at: number;
  hours: number;
  /** the service left out part of the history */
  truncated: boolean;
};
