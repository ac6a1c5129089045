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
  const open = new Heap();
  open.push(fromNode, 0);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === toNode) break;
    if (settled.has(id)) continue;
    settled.add(id);
    for (const edge of city.nodes[id]!.edges) {
      const time = seconds.get(id)! + edge.lengthM / edge.speedMps;
      if (time >= (seconds.get(edge.to) ?? Number.POSITIVE_INFINITY)) continue;
      seconds.set(edge.to, time);
      came.set(edge.to, id);
      open.push(edge.to, time + distanceM(city.nodes[edge.to]!, goal) / TOP_SPEED_MPS);
    }
  }
  const path = [toNode];
  for (let id = came.get(toNode); path[0] !== fromNode && id !== undefined; id = came.get(id))
    path.unshift(id);
  return path;
}

/** A binary heap of ids, least cost first. */
class Heap {
  private readonly items: Array<{ id: number; cost: number }> = [];

  push(id: number, cost: number): void {
    const { items } = this;
    let i = items.push({ id, cost }) - 1;
    for (let up = (i - 1) >> 1; i > 0 && items[up]!.cost > cost; up = (i - 1) >> 1) {
      [items[i], items[up]] = [items[up]!, items[i]!];
      i = up;
    }
  }

  pop(): number | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (!top || !last || items.length === 0) return top?.id;
    items[0] = last;
    for (let i = 0; ; ) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]!.cost < items[child]!.cost) child++;
      if (items[child]!.cost >= last.cost) break;
      [items[i], items[child]] = [items[child]!, items[i]!];
      i = child;
    }
    return top.id;
  }
}
