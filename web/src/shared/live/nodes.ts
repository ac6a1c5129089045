import type { WritableAtom } from 'nanostores';
import type { NodeState } from '#protocol';
import type { Api } from '#sdk';

export type Numbers = {
  nodes: NodeState[];
  fixesPerS: number | null;
  /** fixes per second of the last minute, oldest first */
  history: number[];
  /** time from the gateway's receipt of a fix to its broadcast, ms; null without fixes */
  delayP50Ms: number | null;
  delayP99Ms: number | null;
};

export const NO_NUMBERS: Numbers = {
  nodes: [],
  fixesPerS: null,
  history: [],
  delayP50Ms: null,
  delayP99Ms: null,
};

const INTERVAL_MS = 1_000;
/** Number of samples kept. */
const HISTORY = 60;

/** Requests the metrics of all nodes every second while the page is visible. */
export function watchNumbers(api: Api, store: WritableAtom<Numbers>): void {
  const poll = async () => {
    const from = performance.now();
    if (!document.hidden)
      try {
        store.set(summary(await api.nodes(), store.get().history));
      } catch {
        // Keep the last values. The header shows that the connection is lost.
      }
    setTimeout(poll, Math.max(100, INTERVAL_MS - (performance.now() - from)));
  };
  void poll();
}

/** Combines the metrics of all nodes into those of the whole installation. */
export function summary(nodes: NodeState[], history: number[]): Numbers {
  // Count gateways only, because processors count the same fixes again.
  const fixesPerS = nodes.reduce((sum, { role, fixesPerS }) => sum + (role === 'gateway' ? fixesPerS : 0), 0);
  const timed = nodes.filter(({ delayP50Ms }) => delayP50Ms !== null);
  const weight = timed.reduce((sum, { fixesPerS }) => sum + fixesPerS, 0);
  const p50 = timed.reduce((sum, { delayP50Ms, fixesPerS }) => sum + delayP50Ms! * fixesPerS, 0) / weight;
  // Percentiles cannot be averaged, so use the worst node as an upper bound.
  const p99 = Math.max(...timed.map(({ delayP99Ms }) => delayP99Ms ?? 0));
  return {
    nodes: nodes.toSorted(
      (a, b) => a.role.localeCompare(b.role) || a.node.localeCompare(b.node, 'en', { numeric: true }),
    ),
    fixesPerS,
    history: [...history, fixesPerS].slice(-HISTORY),
    delayP50Ms: weight > 0 ? p50 : null,
    delayP99Ms: weight > 0 ? p99 : null,
  };
}
