import type { FleetState } from '../live/fleet.js';
import type { Numbers } from '../live/nodes.js';
import type { Store } from '../live/store.js';
import { count, milliseconds } from '../ui/format.js';
import { useStore } from '../ui/hooks.js';
import { Arrowhead } from '../ui/icons.js';
import { Sparkline } from '../ui/Sparkline.js';
import { NodeTable } from './NodeTable.js';
import { TEXTS } from './texts.js';

const T = TEXTS.fleet;
const UNKNOWN = '–';

export function FleetPanel({ fleet, numbers }: { fleet: Store<FleetState>; numbers: Store<Numbers> }) {
  const { available, busy, heardAt, stale, connection } = useStore(fleet);
  const { fixesPerS, history, delayP50Ms, delayP99Ms, nodes } = useStore(numbers);
  return (
    <section
      className="panel fleet"
      data-old={stale || connection === 'offline'}
      aria-labelledby="fleet-title"
    >
      <h2 id="fleet-title" className="eyebrow">
        {T.title}
      </h2>
      <dl className="counts">
        <Count kind="available" value={heardAt === null ? UNKNOWN : count(available)} />
        <Count kind="busy" value={heardAt === null ? UNKNOWN : count(busy)} />
      </dl>
      <dl className="flow">
        <dt>{T.fixes}</dt>
        <dd className="figure">{fixesPerS === null ? UNKNOWN : count(fixesPerS)}</dd>
        <dd className="flow-line">
          <Sparkline values={history} label={T.history} />
        </dd>
      </dl>
      <dl className="delay">
        <dt>{T.delay}</dt>
        <Delay name={T.p50} ms={delayP50Ms} />
        <Delay name={T.p99} ms={delayP99Ms} />
      </dl>
      <NodeTable nodes={nodes} />
    </section>
  );
}

const Count = ({ kind, value }: { kind: 'available' | 'busy'; value: string }) => (
  <div className="count">
    <dt>
      <Arrowhead className={`key key-${kind}`} />
      {T[kind]}
    </dt>
    <dd>{value}</dd>
  </div>
);

const Delay = ({ name, ms }: { name: string; ms: number | null }) => (
  <dd>
    <span className="quantile">{name}</span>{' '}
    <span className="figure">{ms === null ? UNKNOWN : milliseconds(ms)}</span>{' '}
    <span className="unit">{T.ms}</span>
  </dd>
);
