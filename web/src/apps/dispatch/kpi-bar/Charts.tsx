import { count, milliseconds } from '../../../shared/ui/format.js';
import { useStore } from '../../../shared/ui/hooks.js';
import type { BoardSession } from '../session.js';
import { Chart, type Line } from './Chart.js';
import type { Sample } from './history.js';
import { TEXTS } from './texts.js';

const { chart, lines } = TEXTS;
const line = (name: string, of: Line['of']): Line => ({ name, of });

const CHARTS: Array<{ title: string; lines: Line[]; show: (value: number) => string }> = [
  { title: chart.fixes, lines: [line(lines.fixes, (s) => s.fixesPerS)], show: count },
  {
    title: chart.delay,
    lines: [line(lines.p50, (s) => s.delayP50Ms), line(lines.p99, (s) => s.delayP99Ms)],
    show: milliseconds,
  },
  {
    title: chart.trips,
    lines: [
      line(lines.waiting, (s) => s.waiting),
      line(lines.underWay, (s) => s.underWay),
      line(lines.onTrip, (s) => s.onTrip),
    ],
    show: count,
  },
  { title: chart.lag, lines: [line(lines.lag, (s) => s.lag)], show: count },
];

/** The numbers of the strip over the last ten minutes. */
export default function Charts({ session }: { session: BoardSession }) {
  const history = useStore(session.history);
  return (
    <section className="charts panel" aria-label={TEXTS.charts}>
      {CHARTS.slice(0, 3).map((each) => (
        <Chart key={each.title} {...each} history={history} />
      ))}
      <Chart title={chart.connections} lines={perGateway(history)} history={history} show={count} />
      {CHARTS.slice(3).map((each) => (
        <Chart key={each.title} {...each} history={history} />
      ))}
    </section>
  );
}

/** A gateway that was there at any time has its line; while it was gone, that has a hole. */
const perGateway = (history: readonly Sample[]): Line[] =>
  [...new Set(history.flatMap(({ connections }) => Object.keys(connections)))]
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((node) => line(node, ({ connections }) => connections[node] ?? null));
