import TinyQueue from 'tinyqueue';
import { distanceM } from '#geo';
import type { City } from './types.js';

/** Speed that no road exceeds, so that the estimate never exceeds the true time and A* finds the fastest route. */
const TOP_SPEED_MPS = 18;

/**
 * Finds the fastest route with A*, as node ids including both ends; respects one-way streets. Hart, Nilsson, Raphael (1968).
 * @throws RangeError for a node that is not in the city
 */
export function route(city: City, fromNode: number, toNode: number): number[] {
  const goal = city.nodes[toNode];
  if (!goal || !city.nodes[fromNode]) throw new RangeError(`no node ${goal ? fromNode : toNode} in the city`);
  const seconds = new Map([[fromNode, 0]]);
  const came = new Map<number, number>();
  const settled = new Set<number>();
  const open = new TinyQueue([{ id: fromNode, costS: 0 }], (a, b) => a.costS - b.costS);
  for (let id = open.pop()?.id; id !== undefined; id = open.pop()?.id) {
    if (id === toNode) break;
    if (settled.has(id)) continue;
    settled.add(id);
    for (const edge of city.nodes[id]!.edges) {
      const time = seconds.get(id)! + edge.lengthM / edge.speedMps;
      if (time >= (seconds.get(edge.to) ?? Number.POSITIVE_INFINITY)) continue;
      seconds.set(edge.to, time);
      came.set(edge.to, id);
      open.push({ id: edge.to, costS: time + distanceM(city.nodes[edge.to]!, goal) / TOP_SPEED_MPS });
    }
  }
  const path = [toNode];
  for (let id = came.get(toNode); path[0] !== fromNode && id !== undefined; id = came.get(id))
    path.unshift(id);
  return path;
}
