import type { NodeState, Trip } from '#protocol';
import type { Numbers } from '../../../shared/live/nodes.js';

/** State of the installation at one time. Null: not known at that time. */
export type Sample = {
  /** epoch ms */
  at: number;
  fixesPerS: number | null;
  delayP50Ms: number | null;
  delayP99Ms: number | null;
  /** stream entries not yet processed */
  lag: number | null;
  waiting: number | null;
  underWay: number | null;
  onTrip: number | null;
  /** number of connections by gateway */
  connections: Readonly<Record<string, number>>;
};

export const HISTORY_MS = 10 * 60_000;
/** With more time between two samples, the page was hidden or offline: the line has a gap there. */
const GAP_MS = 3_500;

const STATES = {
  waiting: ['requested', 'offered'],
  underWay: ['accepted', 'arriving', 'arrived'],
  onTrip: ['on_trip'],
};

/** Returns the sample for a time. @param trips the open trips; null while they are not known @param at epoch ms */
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

/** Each processor measures the whole stream, so take the maximum rather than the sum. */
function lagOf(nodes: NodeState[]): number | null {
  const lags = nodes.filter(({ role }) => role === 'processor').map(({ lag }) => lag);
  return lags.length === 0 ? null : Math.max(...lags);
}

/**
 * Appends a sample and drops those older than ten minutes. Also drops samples later than it: they were taken before the
 * clock was corrected.
 */
export const withSample = (history: readonly Sample[], sample: Sample): Sample[] => [
  ...history.filter(({ at }) => at > sample.at - HISTORY_MS && at < sample.at),
  sample,
];

/**
 * Returns the columns of a chart: times in seconds, then one column for each series. A row of nulls marks a gap.
 * @param series selects the value of each series from a sample
 */
export function columnsOf(
  history: readonly Sample[],
  series: ReadonlyArray<(sample: Sample) => number | null>,
): Array<Array<number | null>> {
  const columns: Array<Array<number | null>> = [[], ...series.map(() => [])];
  let previous: Sample | null = null;
  for (const sample of history) {
    if (previous !== null && sample.at - previous.at > GAP_MS) {
      columns[0]!.push((previous.at + sample.at) / 2_000);
      for (const column of columns.slice(1)) column.push(null);
    }
    columns[0]!.push(sample.at / 1_000);
    series.forEach((of, i) => {
      columns[i + 1]!.push(of(sample));
    });
    previous = sample;
  }
  return columns;
}
