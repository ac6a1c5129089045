import { distanceM } from '#geo';
import { type Plan, type Stop, stops } from './crossings.js';
import { toLngLat, type Uv } from './frame.js';
import { apart } from './plane.js';
import { largestComponent } from './scc.js';
import type { RoadKind } from './spec.js';
import type { Node, Road } from './types.js';

const SPEED_MPS: Record<RoadKind, number> = { highway: 18, avenue: 11, major: 10, street: 8 };
/** Distance below which crossings are merged: three roads rarely meet in exactly one point. */
const SAME_M = 1.5;
const NONE: readonly number[] = [];

/** Builds the roads and the graph of their crossings, without the parts that are not reachable from everywhere. */
export function buildGraph(plans: readonly Plan[]): { roads: Road[]; nodes: Node[] } {
  const nodes: Node[] = [];
  const nodeAt = nodeIndex(nodes);
  const roads: Road[] = [];
  const oneWays: Array<[from: number, to: number, road: number]> = [];
  const link = (from: number, to: number, road: number) => {
    const lengthM = distanceM(nodes[from]!, nodes[to]!);
    nodes[from]!.edges.push({ to, lengthM, speedMps: SPEED_MPS[roads[road]!.kind], road });
  };
  stops(plans).forEach((along, i) => {
    const { name, kind, way } = plans[i]!;
    const ids = along.map((stop) => nodeAt(stop.point)).filter((id, k, all) => id !== all[k - 1]);
    if (ids.length < 2) return;
    const road = roads.push({ name, kind, line: outline(along) }) - 1;
    for (let k = 1; k < ids.length; k++) {
      const [a, b] = [ids[k - 1]!, ids[k]!];
      if (way >= 0) link(a, b, road);
      if (way <= 0) link(b, a, road);
      if (way !== 0) oneWays.push(way > 0 ? [a, b, road] : [b, a, road]);
    }
  });
  const reachable = largestComponent(nodes);
  // A one-way street into a dead end would strand cars, so that part is two-way.
  for (const [from, to, road] of oneWays)
    if (!(reachable.has(from) && reachable.has(to))) link(to, from, road);
  return keep(roads, nodes, largestComponent(nodes));
}

/** Returns the line without the crossings on its straight parts. */
function outline(along: readonly Stop[]): Array<[lng: number, lat: number]> {
  const corners = along.filter((stop, i) => stop.bend || i === 0 || i === along.length - 1);
  return corners.map((stop) => toLngLat(stop.point));
}

/** Finds or creates the node at a point. With buckets of SAME_M, a close node is in one of nine. */
function nodeIndex(nodes: Node[]): (point: Uv) => number {
  const points: Uv[] = [];
  const buckets = new Map<number, number[]>();
  const key = (u: number, v: number) => u * 100_003 + v;
  return (point) => {
    const bu = Math.floor(point[0] / SAME_M);
    const bv = Math.floor(point[1] / SAME_M);
    for (let u = bu - 1; u <= bu + 1; u++) {
      for (let v = bv - 1; v <= bv + 1; v++) {
        for (const id of buckets.get(key(u, v)) ?? NONE) if (apart(points[id]!, point) < SAME_M) return id;
      }
    }
    points.push(point);
    const [lng, lat] = toLngLat(point);
    const id = nodes.push({ lat, lng, edges: [] }) - 1;
    const bucket = buckets.get(key(bu, bv));
    if (bucket) bucket.push(id);
    else buckets.set(key(bu, bv), [id]);
    return id;
  };
}

/** Keeps these nodes, the edges between them and the roads of those edges, and renumbers them. */
function keep(roads: Road[], nodes: Node[], ids: ReadonlySet<number>): { roads: Road[]; nodes: Node[] } {
  const kept = [...ids].sort((a, b) => a - b);
  const newId = new Map(kept.map((id, i) => [id, i]));
  const edges = kept.map((id) => nodes[id]!.edges.filter((edge) => ids.has(edge.to)));
  const used = [...new Set(edges.flat().map((edge) => edge.road))].sort((a, b) => a - b);
  const newRoad = new Map(used.map((id, i) => [id, i]));
  return {
    roads: used.map((id) => roads[id]!),
    nodes: kept.map((id, i) => ({
      ...nodes[id]!,
      edges: edges[i]!.map((edge) => ({ ...edge, to: newId.get(edge.to)!, road: newRoad.get(edge.road)! })),
    })),
  };
}
