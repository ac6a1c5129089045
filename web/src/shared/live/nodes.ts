import type { WritableAtom } from 'nanostores';
import type { NodeState } from '#protocol';
import type { Api } from '#sdk';

export type Numbers = {
  nodes: NodeState[];
  fixesPerS: number | null;
  /** the last minute, oldest first */
  history: number[];
  /** from the gateway's receipt of a fix to its broadcast, ms; null while nothing flows */
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

const EVERY_MS = 1_000;
const HISTORY = 60;

/** What the processes of the installation say of themselves, asked every second while the page is seen. */
export function watchNumbers(api: Api, store: WritableAtom<Numbers>): void {
  const ask = async () => {
    const from = performance.now();
    if (!document.hidden)
      try {
        store.set(summary(await api.nodes(), store.get().history));
      } catch {
        // The last numbers stay; the header says that the connection is gone.
      }
    setTimeout(ask, Math.max(100, EVERY_MS - (performance.now() - from)));
  };
  void ask();
}

export function summary(nodes: NodeState[], history: number[]): Numbers {
  // Gateways count what comes in; a processor counts the same fixes again.
  const fixesPerS = nodes.reduce((sum, { role, fixesPerS }) => sum + (role === 'gateway' ? fixesPerS : 0), 0);
  const timed = nodes.filter(({ delayP50Ms }) => delayP50Ms !== null);
  const weight = timed.reduce((sum, { fixesPerS }) => sum + fixesPerS, 0);
  const p50 = timed.reduce((sum, { delayP50Ms, fixesPerS }) => sum + delayP50Ms! * fixesPerS, 0) / weight;
  // Percentiles do not add up; the worst node's is the honest bound.
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
