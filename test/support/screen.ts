import { seeded } from '#city';
import { decide } from '../../libs/geo/src/decide.js';
import { bearing, distanceM, type Point } from '../../libs/geo/src/distance.js';
import type { LastFix } from '../../libs/geo/src/last-fix.js';
import { between } from '../../libs/geo/src/leg.js';
import { Marker } from '../../libs/sdk/src/marker.js';
import type { MarkerPlace, TimedPosition } from '../../libs/sdk/src/motion.js';
import { type TracedFix, turn } from './tracks.js';

export const FRAME_MS = 1_000 / 60;
/** Nothing is asked for longer: it stands. */
const REST_MS = 6_000;

/** What the service makes of a track: the accepted positions, each with heading and speed. */
export function accepted(track: TracedFix[]): TimedPosition[] {
  let last: LastFix | null = null;
  return track.flatMap((fix) => {
    const decision = decide(last, fix, fix.t);
    if (decision.kind === 'accepted' || decision.kind === 'implausible') last = decision.last;
    return decision.kind === 'accepted' ? [decision.last] : [];
  });
}

/** The newest position that is not after a time; the first before all of them. */
function indexAt(track: TracedFix[], t: number): number {
  let low = 0;
  let high = track.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (track[middle]!.t <= t) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the car of a track was at a time, straight between its positions. */
export function truthAt(track: TracedFix[], t: number): Point {
  const i = indexAt(track, t);
  const from = track[i]!;
  const to = track[i + 1] ?? from;
  return to.t > from.t ? between(from, to, Math.max(0, Math.min(1, (t - from.t) / (to.t - from.t)))) : from;
}

/** A reading of the car at each interval. */
export const sampled = (track: TracedFix[], intervalMs: number): TracedFix[] =>
  Array.from({ length: Math.floor((track.at(-1)!.t - track[0]!.t) / intervalMs) + 1 }, (_, i) => {
    const t = track[0]!.t + i * intervalMs;
    return { t, ...truthAt(track, t) };
  });

export type Delivery = { position: TimedPosition; at: number };

/** A mobile network: 80 ms and up to 400 more on the way; 4 in 100 are lost, 4 come up to four seconds late, in any order. */
export function delivered(track: TimedPosition[], seed: number): Delivery[] {
  const random = seeded(seed);
  return track
    .flatMap((position) => {
      const [fate, way] = [random(), random()];
      if (fate < 0.04) return [];
      return [{ position, at: position.t + 80 + way * (fate < 0.08 ? 4_000 : 400) }];
    })
    .sort((a, b) => a.at - b.at);
}

export type Step = { from: MarkerPlace; to: MarkerPlace; now: number; metres: number; passedMs: number };

/** Draws a marker at 60 frames a second while positions come in. Pauses in which it stands are left out. */
export function* watched(deliveries: Delivery[], marker = new Marker()): Generator<Step> {
  let now = deliveries[0]!.at;
  let from: MarkerPlace | null = null;
  let passedMs = 0;
  let heardAt = now;
  for (let next = 0; next < deliveries.length || now < heardAt + REST_MS; ) {
    for (; next < deliveries.length && deliveries[next]!.at <= now; next += 1) {
      marker.add(deliveries[next]!.position, now);
      heardAt = now;
    }
    const to = marker.at(now)!;
    if (from !== null) yield { from, to, now, metres: distanceM(from, to), passedMs };
    from = to;
    const isAtRest = now > heardAt + REST_MS && next < deliveries.length;
    passedMs = isAtRest ? deliveries[next]!.at - now : FRAME_MS;
    now += passedMs;
  }
}

/** Metres of a step against the way that the car drove then; none while it stood. */
export function backwardsM(track: TimedPosition[], { from, to, metres }: Step): number {
  const i = indexAt(track, to.t);
  const [before, after] = [track[i]!, track[i + 1]];
  if (metres === 0 || after === undefined || distanceM(before, after) === 0) return 0;
  return -metres * Math.cos((turn(bearing(from, to), bearing(before, after)) * Math.PI) / 180);
}

/** The fastest that the car was, by its positions, within some seconds of a time. */
export function fastestMps(track: TimedPosition[], from: number, to: number): number {
  const first = Math.max(
    0,
    track.findLastIndex(({ t }) => t <= from),
  );
  let fastest = track[first]!.speedMps;
  for (let i = first + 1; i < track.length; i += 1) {
    const [a, b] = [track[i - 1]!, track[i]!];
    fastest = Math.max(fastest, b.speedMps, (distanceM(a, b) * 1_000) / (b.t - a.t));
    if (b.t >= to) break;
  }
  return fastest;
}
