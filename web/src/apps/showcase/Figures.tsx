import type { ReadableAtom } from 'nanostores';
import type { Numbers } from '../../shared/live/nodes.js';
import { count, milliseconds } from '../../shared/ui/format.js';
import { useStore } from '../../shared/ui/hooks.js';
import { TEXTS } from './texts.js';

const UNKNOWN = '–';

export function Figures({ $numbers }: { $numbers: ReadableAtom<Numbers> }) {
  const { fixesPerS, delayP50Ms, nodes } = useStore($numbers);
  const vehicles = nodes.reduce((sum, { connections }) => sum + connections.driver, 0);
  const isKnown = nodes.length > 0;
  return (
    <dl className="figures" aria-label={TEXTS.figures}>
      <Figure name={TEXTS.vehicles} value={isKnown ? count(vehicles) : UNKNOWN} />
      <Figure name={TEXTS.fixes} value={fixesPerS === null ? UNKNOWN : count(fixesPerS)} />
      <Figure name={TEXTS.delay} value={delayP50Ms === null ? UNKNOWN : `${milliseconds(delayP50Ms)} ms`} />
    </dl>
  );
}

const Figure = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
