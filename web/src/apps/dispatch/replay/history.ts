import { bearing, between, distanceM } from '#geo';
import { type FleetHistory, isOpen, type Position, type Track, type Trip, type TripState } from '#protocol';

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
/** Time for which a vehicle stays where it was last, as HEXFLEET_SILENT_MS is by default. */
const HOLD_MS = 30_000;

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

/** Place of a vehicle at a past time. `ageMs`: time since its last fix. */
export type Moment = Position & { heading: number; speedMps: number; ageMs: number };

/**
 * Returns the place at a time, interpolated between two fixes; null while it is unknown. Without another fix, a vehicle stays at
 * its last place for as long as it would have been on the map then.
 * @param at epoch ms
 */
export function positionAt({ times, line }: TrackHistory, at: number): Moment | null {
  if (times.length < 2 || at < times[0]! || at > times.at(-1)! + HOLD_MS) return null;
  const to = Math.max(1, firstAtOrAfter(times, at));
  const [fromT, toT] = [times[to - 1]!, times[to]!];
  const [from, end] = [positionOf(line[to - 1]!), positionOf(line[to]!)];
  const heading = distanceM(from, end) < NOISE_M ? headingBefore(line, to) : bearing(from, end);
  if (at >= toT) return { ...end, heading, speedMps: 0, ageMs: at - toT };
  if (toT - fromT > MAX_GAP_MS && at > fromT)
    return at - fromT > HOLD_MS
      ? null
      : { ...from, heading: headingBefore(line, to - 1), speedMps: 0, ageMs: at - fromT };
  const share = toT > fromT ? (at - fromT) / (toT - fromT) : 1;
  const speedMps = toT > fromT ? distanceM(from, end) / ((toT - fromT) / 1_000) : 0;
  return { ...between(from, end, share), heading, speedMps, ageMs: 0 };
}

/** Returns the state of a trip at a time; null before its request and after its end. @param at epoch ms */
export function tripStateAt({ times, createdAt, state, changedAt }: Trip, at: number): TripState | null {
  if (at < createdAt || (!isOpen(state) && at >= changedAt)) return null;
  let latest: TripState = 'requested';
  for (const [name, since] of Object.entries(times) as Array<[TripState, number]>)
    if (since <= at && since >= (times[latest] ?? createdAt)) latest = name;
  return latest;
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
  /** whether time goes on by itself */
  plays: boolean;
  hours: number;
  /** the service left out part of the history */
  truncated: boolean;
  /** number of vehicles in the regions of the area, or 1 */
  candidates: number;
  /** trips that were open at some time of the replay */
  trips: readonly Trip[];
};

/** Steps between the ticks of a time axis, minutes. */
const TICK_STEPS = [1, 5, 10, 15, 30, 60, 120];
const MAX_TICKS = 7;

/** Returns full minutes, hours or parts of them between two times, as many as have room below a slider; epoch ms. */
export function ticksOf(from: number, to: number): number[] {
  const minutes = (to - from) / 60_000;
  const step = (TICK_STEPS.find((each) => minutes / each <= MAX_TICKS) ?? 240) * 60_000;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}
