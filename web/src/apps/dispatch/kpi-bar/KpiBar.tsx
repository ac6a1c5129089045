import { useStore } from '@nanostores/react';
import { ChartLine } from 'lucide-react';
import { count, milliseconds } from '../../../shared/ui/format.js';
import { Sparkline } from '../../../shared/ui/Sparkline.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from './texts.js';

const UNKNOWN = TEXTS.unknown;

/** Latest value of each figure that the charts plot. */
export function KpiBar({ session }: { session: BoardSession }) {
  const { history } = useStore(session.$numbers);
  const now = useStore(session.$history).at(-1);
  const number = (value: number | null | undefined) => (value == null ? UNKNOWN : count(value));
  const ms = (value: number | null | undefined) => (value == null ? UNKNOWN : `${milliseconds(value)} ms`);
  return (
    <dl className="kpi-bar" aria-label={TEXTS.title}>
      <div className="kpi-fixes">
        <dt>{TEXTS.fixes}</dt>
        <dd>
          <span data-figure="fixes">{number(now?.fixesPerS)}</span>
          <Sparkline values={history} label={TEXTS.lastMinute} />
        </dd>
      </div>
      <Figure name={TEXTS.p50} value={ms(now?.delayP50Ms)} />
      <Figure name={TEXTS.p99} value={ms(now?.delayP99Ms)} />
      <Figure name={TEXTS.waiting} value={number(now?.waiting)} />
      <Figure name={TEXTS.underWay} value={number(now?.underWay)} />
      <Figure name={TEXTS.onTrip} value={number(now?.onTrip)} />
      {Object.entries(now?.connections ?? {}).map(([node, connections]) => (
        <Figure key={node} name={node} title={TEXTS.connections} value={count(connections)} />
      ))}
      <Figure name={TEXTS.lag} value={number(now?.lag)} />
    </dl>
  );
}

const Figure = ({ name, value, title }: { name: string; value: string; title?: string }) => (
  <div title={title}>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

/** Button that shows or hides the charts. */
export function ChartsButton({ session }: { session: BoardSession }) {
  const isOpen = useStore(session.$showsCharts);
  return (
    <button
      type="button"
      className="icon-button charts-open"
      aria-label={isOpen ? TEXTS.hide : TEXTS.show}
      aria-expanded={isOpen}
      onClick={() => session.$showsCharts.set(!isOpen)}
    >
      <ChartLine size={18} aria-hidden />
    </button>
  );
}
