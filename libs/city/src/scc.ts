import type { Node } from './types.js';

/** Returns the largest strongly connected component, by Kosaraju's algorithm without recursion. */
export function largestComponent(nodes: readonly Node[]): Set<number> {
  const out = nodes.map((node) => node.edges.map((edge) => edge.to));
  const into: number[][] = nodes.map(() => []);
  out.forEach((targets, from) => {
    for (const to of targets) into[to]!.push(from);
  });
  const seen = new Set<number>();
  const order = nodes.flatMap((_, id) => finish(id, out, seen));
  const taken = new Set<number>();
  let best: number[] = [];
  for (const id of order.reverse()) {
    const component = finish(id, into, taken);
    if (component.length > best.length) best = component;
  }
  return new Set(best);
}

/** Visits unvisited nodes depth-first from `start`, and appends them in the order in which they finish. */
function finish(start: number, next: readonly number[][], seen: Set<number>): number[] {
  if (seen.has(start)) return [];
  seen.add(start);
  const done: number[] = [];
  const path = [start];
  const child = [0];
  while (path.length > 0) {
    const to = next[path.at(-1)!]![child[child.length - 1]!++];
    if (to === undefined) {
      done.push(path.pop()!);
      child.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      path.push(to);
      child.push(0);
    }
  }
  return done;
}
