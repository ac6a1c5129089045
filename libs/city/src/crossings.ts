import type { Uv } from './frame.js';
import { apart, between, crossing } from './plane.js';
import type { RoadKind, Way } from './spec.js';
import { EXPRESSWAYS } from './waterfront.js';

export type Plan = { name: string; kind: RoadKind; way: Way; line: Uv[] };

/** Point of a road where cars can pass or turn; `at` is the distance from the first point of the road, metres. */
export type Stop = { at: number; point: Uv; bend: boolean };

/** Gap up to which a road that ends near another one still meets it: coordinates are rounded and roads have width. */
const REACH_M = 32;
/** Gap that a ramp bridges between a wide street and an expressway. */
const RAMP_M = 110;
/** Gap up to which two ends are one corner. */
const CORNER_M = 25;
/** Minimum length of a dead end; a shorter one is the far side of a crossing. */
const STUB_M = 45;

/** Moves road ends that are close together to one point. Modifies the lines. */
export function joinCorners(plans: readonly Plan[]): void {
  const corners: Uv[] = [];
  for (const { line } of plans) {
    for (const end of [0, line.length - 1]) {
      const corner = corners.find((c) => apart(c, line[end]!) < CORNER_M);
      if (corner) line[end] = corner;
      else corners.push(line[end]!);
    }
  }
}

/** Returns for each road the points where it begins, crosses, bends and ends, in order; none for an isolated road. */
export function stops(plans: readonly Plan[]): Stop[][] {
  const meets: Stop[][] = plans.map(() => []);
  const lengths = plans.map(({ line }) => withDistance(line).at(-1)!.at);
  const pieces = plans.map(segments);
  const boxes = plans.map(({ name, line }) => boxOf(line, marginOf(name)));
  for (let i = 0; i < plans.length; i++) {
    for (let j = 0; j < i; j++) {
      if (!near(boxes[i]!, boxes[j]!) || !meet(plans[i]!, plans[j]!)) continue;
      for (const a of pieces[i]!) {
        for (const b of pieces[j]!) {
          const hit = near(a.box, b.box) ? crossing(a.from, a.to, b.from, b.to) : undefined;
          if (!hit) continue;
          const atA = a.at + hit[0] * a.length;
          const atB = b.at + hit[1] * b.length;
          if (!within(atA, a, reach(plans[i]!, plans[j]!))) continue;
          if (!within(atB, b, reach(plans[j]!, plans[i]!))) continue;
          // both points are beyond the ends: the roads do not meet
          if (beyond(atA, lengths[i]!) && beyond(atB, lengths[j]!)) continue;
          const point = between(a.from, a.to, hit[0]);
          meets[i]!.push({ at: atA, point, bend: false });
          meets[j]!.push({ at: atB, point, bend: false });
        }
      }
    }
  }
  const corners = sharedEnds(plans);
  return plans.map((plan, i) => stopsOf(plan, meets[i]!, lengths[i]!, corners));
}

type Box = readonly [minU: number, minV: number, maxU: number, maxV: number];

/** Bounding box with a margin for the gaps across which roads meet. */
function boxOf(line: readonly Uv[], margin: number): Box {
  const us = line.map(([u]) => u);
  const vs = line.map(([, v]) => v);
  return [
    Math.min(...us) - margin,
    Math.min(...vs) - margin,
    Math.max(...us) + margin,
    Math.max(...vs) + margin,
  ];
}

const marginOf = (name: string) => (EXPRESSWAYS.has(name) ? RAMP_M : REACH_M);

const near = (a: Box, b: Box) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];

type Segment = { from: Uv; to: Uv; at: number; length: number; first: boolean; last: boolean; box: Box };

function segments({ name, line }: Plan): Segment[] {
  const starts = withDistance(line);
  return line.slice(1).map((to, i) => {
    const { at, point: from } = starts[i]!;
    const [first, last] = [i === 0, i === line.length - 2];
    return { from, to, at, length: apart(from, to), first, last, box: boxOf([from, to], marginOf(name)) };
  });
}

const meet = (a: Plan, b: Plan) => leadsOn(a, b) && leadsOn(b, a);
const leadsOn = (a: Plan, b: Plan) => !EXPRESSWAYS.has(b.name) || a.kind === 'major' || a.kind === 'highway';
const reach = (a: Plan, b: Plan) => (EXPRESSWAYS.has(b.name) && !EXPRESSWAYS.has(a.name) ? RAMP_M : REACH_M);
const beyond = (at: number, length: number) => at < -0.5 || at > length + 0.5;

function within(at: number, s: Segment, reachM: number): boolean {
  const slack = 0.01;
  return at >= s.at - (s.first ? reachM : slack) && at <= s.at + s.length + (s.last ? reachM : slack);
}

/** Adds the ends that two or more roads share: these are crossings even if the lines are parallel there. */
function sharedEnds(plans: readonly Plan[]): Set<Uv> {
  const seen = new Set<Uv>();
  const shared = new Set<Uv>();
  for (const { line } of plans) {
    for (const end of [line[0]!, line.at(-1)!]) (seen.has(end) ? shared : seen).add(end);
  }
  return shared;
}

const ats = (stops: readonly Stop[]) => stops.map((stop) => stop.at);

function withDistance(line: readonly Uv[]): Stop[] {
  let at = 0;
  return line.map((point, i) => {
    if (i > 0) at += apart(line[i - 1]!, point);
    return { at, point, bend: i > 0 && i < line.length - 1 };
  });
}

function stopsOf(plan: Plan, meets: Stop[], length: number, corners: Set<Uv>): Stop[] {
  const bends = withDistance(plan.line);
  const [start, end] = [bends[0]!, bends.at(-1)!];
  const known = [...meets];
  if (corners.has(start.point)) known.push(start);
  if (corners.has(end.point)) known.push(end);
  if (known.length === 0) return [];
  // A road ends at a crossing near its end, or else at the nearest one beyond it.
  const before = known.some((m) => m.at >= 0 && m.at < CORNER_M)
    ? 0
    : Math.max(...ats(known).filter((at) => at < 0));
  const after = known.some((m) => m.at <= length && m.at > length - CORNER_M)
    ? length
    : Math.min(...ats(known).filter((at) => at > length));
  const real = known.filter((m) => (m.at >= 0 || m.at === before) && (m.at <= length || m.at === after));
  if (real.length === 0) return [];
  const first = Math.min(...real.map((m) => m.at));
  const last = Math.max(...real.map((m) => m.at));
  const low = first > STUB_M ? 0 : first;
  const high = last < length - STUB_M ? length : last;
  const own = bends.filter((b) => b.at >= low && b.at <= high);
  return [...real, ...own].sort((p, q) => p.at - q.at);
}
