import type { NodeState, Trip } from '#protocol';
import type { Numbers } from '../../../shared/live/nodes.js';

/** How the installation was at one moment; null is what was not known then. */
export type Sample = {
  /** epoch ms */
  at: number;
  fixesPerS: number | null;
  delayP50Ms: number | null;
  delayP99Ms: number | null;
  /** stream entries that wait for a processor */
  lag: number | null;
  waiting: number | null;
  underWay: number | null;
  onTrip: number | null;
  /** by gateway */
  connections: Readonly<Record<string, number>>;
};

export const HISTORY_MS = 10 * 60_000;
/** With longer between two samples, nobody looked: the line has a hole there. */
const HOLE_MS = 3_500;

const STATES = {
  waiting: ['requested', 'offered'],
  underWay: ['accepted', 'arriving', 'arrived'],
  onTrip: ['on_trip'],
};

/** @param trips those that are open; null while nobody told the board */
export function sampleOf(numbers: Numbers, trips: Iterable<Trip> | null, at: number): Sample {
  const { nodes, fixesPerS, delayP50Ms, delayP99Ms } = numbers;
  const open = trips === null ? null : [...trips];
  const inState = (states: string[]) => open?.filter(({ state }) => states.includes(state)).length ?? null;
  const gateways = nodes.filter(({ role }) => role === 'gateway');
  return {
    at,
    fixesPerS,
    delayP50Ms,
    delayP99Ms,
    lag: lagOf(nodes),
    waiting: inState(STATES.waiting),
    underWay: inState(STATES.underWay),
    onTrip: inState(STATES.onTrip),
    connections: Object.fromEntries(
      gateways.map(({ node, connections: { driver, rider, dispatch } }) => [node, driver + rider + dispatch]),
    ),
  };
}

/** Each processor measures the whole stream, so their counts do not add up. */
function lagOf(nodes: NodeState[]): number | null {
  const lags = nodes.filter(({ role }) => role === 'processor').map(({ lag }) => lag);
  return lags.length === 0 ? null : Math.max(...lags);
}

/** The last ten minutes of samples, with this one. What is later than it was timed by a clock since put right. */
export const withSample = (history: readonly Sample[], sample: Sample): Sample[] => [
  ...history.filter(({ at }) => at > sample.at - HISTORY_MS && at < sample.at),
  sample,
];

/**
 * Columns for a chart: times in seconds, then one for each line; a row of nulls where nobody looked.
 * @param lines what each line shows of a sample
 */
export function columnsOf(
  history: readonly Sample[],
  lines: ReadonlyArray<(sample: Sample) => number | null>,
): Array<Array<number | null>> {
  const columns: Array<Array<number | null>> = [[], ...lines.map(() => [])];
  let before: Sample | null = null;
  for (const sample of history) {
    if (before !== null && sample.at - before.at > HOLE_MS) {
      columns[0]!.push((before.at + sample.at) / 2_000);
      for (const column of columns.slice(1)) column.push(null);
    }
    columns[0]!.push(sample.at / 1_000);
    lines.forEach((of, i) => {
      columns[i + 1]!.push(of(sample));
    });
    before = sample;
  }
  return columns;
}
