import { ChartLine } from 'lucide-react';
import { lagOf } from '../../live/nodes.js';
import { count, milliseconds } from '../../ui/format.js';
import { useStore } from '../../ui/hooks.js';
import { Sparkline } from '../../ui/Sparkline.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from './texts.js';

const UNKNOWN = TEXTS.unknown;

/** What the processes say of themselves, from the numbers that Prometheus gets, and the open trips by state. */
export function Strip({ session }: { session: BoardSession }) {
  const { fixesPerS, history, delayP50Ms, delayP99Ms, nodes } = useStore(session.numbers);
  const trips = [...useStore(session.trips).values()];
  const of = (...states: string[]) => count(trips.filter(({ state }) => states.includes(state)).length);
  const ms = (value: number | null) => (value === null ? UNKNOWN : `${milliseconds(value)} ms`);
  const gateways = nodes.filter(({ role }) => role === 'gateway');
  const lag = lagOf(nodes);
  return (
    <dl className="strip" aria-label={TEXTS.title}>
      <div className="strip-fixes">
        <dt>{TEXTS.fixes}</dt>
        <dd>
          <span data-figure="fixes">{fixesPerS === null ? UNKNOWN : count(fixesPerS)}</span>
          <Sparkline values={history} label={TEXTS.minute} />
        </dd>
      </div>
      <Figure name={TEXTS.p50} value={ms(delayP50Ms)} />
      <Figure name={TEXTS.p99} value={ms(delayP99Ms)} />
      <Figure name={TEXTS.waiting} value={of('requested', 'offered')} />
      <Figure name={TEXTS.underWay} value={of('accepted', 'arriving', 'arrived')} />
      <Figure name={TEXTS.onTrip} value={of('on_trip')} />
      {gateways.map(({ node, connections }) => (
        <Figure
          key={node}
          name={node}
          title={TEXTS.connections}
          value={count(connections.driver + connections.rider + connections.dispatch)}
        />
      ))}
      <Figure name={TEXTS.lag} value={lag === null ? UNKNOWN : count(lag)} />
    </dl>
  );
}

const Figure = ({ name, value, title }: { name: string; value: string; title?: string }) => (
  <div title={title}>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

/** Opens the charts, and closes them. */
export function ChartsButton({ session }: { session: BoardSession }) {
  const isOpen = useStore(session.charts);
  return (
    <button
      type="button"
      className="icon-button charts-open"
      aria-label={isOpen ? TEXTS.hide : TEXTS.show}
      aria-expanded={isOpen}
      onClick={() => session.charts.set(!isOpen)}
    >
      <ChartLine size={18} aria-hidden />
    </button>
  );
}
