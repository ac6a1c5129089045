import { useStore } from '@nanostores/react';
import { count, milliseconds } from '../../../shared/ui/format.js';
import type { BoardSession } from '../session.js';
import { Chart, type Series } from './Chart.js';
import type { Sample } from './history.js';
import { TEXTS } from './texts.js';

const { chart, series: names } = TEXTS;
const series = (name: string, of: Series['of']): Series => ({ name, of });

const CHARTS: Array<{ title: string; series: Series[]; format: (value: number) => string }> = [
  { title: chart.fixes, series: [series(names.fixes, (s) => s.fixesPerS)], format: count },
  {
    title: chart.delay,
    series: [series(names.p50, (s) => s.delayP50Ms), series(names.p99, (s) => s.delayP99Ms)],
    format: milliseconds,
  },
  {
    title: chart.trips,
    series: [
      series(names.waiting, (s) => s.waiting),
      series(names.underWay, (s) => s.underWay),
      series(names.onTrip, (s) => s.onTrip),
    ],
    format: count,
  },
  { title: chart.lag, series: [series(names.lag, (s) => s.lag)], format: count },
];

/** Charts of the KPI bar's figures over the last ten minutes. */
export default function Charts({ session }: { session: BoardSession }) {
  const history = useStore(session.$history);
  return (
    <section className="charts panel" aria-label={TEXTS.charts}>
      {CHARTS.slice(0, 3).map((each) => (
        <Chart key={each.title} {...each} history={history} />
      ))}
      <Chart title={chart.connections} series={perGateway(history)} history={history} format={count} />
      {CHARTS.slice(3).map((each) => (
        <Chart key={each.title} {...each} history={history} />
      ))}
    </section>
  );
}

/** Returns a series for each gateway seen in the period, with a gap while it was down. */
const perGateway = (history: readonly Sample[]): Series[] =>
  [...new Set(history.flatMap(({ connections }) => Object.keys(connections)))]
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((node) => series(node, ({ connections }) => connections[node] ?? null));
