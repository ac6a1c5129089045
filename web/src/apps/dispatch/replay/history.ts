import { bearing, between, distanceM } from '#geo';
import type { FleetHistory, Position, Track } from '#protocol';

/** Where one vehicle was: positions by time, as many as times. */
export type TrackHistory = {
  driverId: string;
  /** epoch ms */
  times: readonly number[];
  line: ReadonlyArray<readonly [lng: number, lat: number]>;
};

/** Nearer than this a receiver that stands is off; it says nothing of where the car looks. */
const NOISE_M = 5;
/** After a longer time without a fix nobody knows where a car was in between. */
const UNHEARD_MS = 90_000;

/** Null for a track with less than two fixes: nothing moves there. */
export function historyOfTrack({ geometry, properties }: Track): TrackHistory | null {
  if (geometry?.type !== 'LineString') return null;
  return { driverId: properties.driverId, times: properties.times, line: geometry.coordinates };
}

export const historiesOfArea = ({ from, vehicles }: FleetHistory): TrackHistory[] =>
  vehicles.map(({ driverId, times, positions }) => ({
    driverId,
    times: times.map((t) => from + t),
    line: positions,
  }));

/** Where it was at a time, straight between two fixes; null while it was not heard. @param at epoch ms */
export function placeAt({ times, line }: TrackHistory, at: number): (Position & { heading: number }) | null {
  if (times.length < 2 || at < times[0]! || at > times.at(-1)!) return null;
  const to = Math.max(1, firstNotBefore(times, at));
  const [fromT, toT] = [times[to - 1]!, times[to]!];
  const [from, end] = [positionOf(line[to - 1]!), positionOf(line[to]!)];
  if (toT - fromT > UNHEARD_MS && at > fromT && at < toT) return null;
  const place = between(from, end, toT > fromT ? (at - fromT) / (toT - fromT) : 1);
  return {
    ...place,
    heading: distanceM(from, end) < NOISE_M ? headingBefore(line, to) : bearing(from, end),
  };
}

function firstNotBefore(times: readonly number[], at: number): number {
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

/** Whose past is shown: of one driver, or of all who were in what the map showed. */
export type Subject = { kind: 'driver'; driverId: string } | { kind: 'area' };

/** What is shown instead of now. */
export type Replay = {
  subject: Subject;
  pasts: readonly TrackHistory[];
  /** epoch ms: the first fix, the last one, and what is shown */
  from: number;
  to: number;
  at: number;
  hours: number;
  /** there was more than is shown */
  truncated: boolean;
};
