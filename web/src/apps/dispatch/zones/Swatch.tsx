import type { ZoneKind } from '#sdk';
import { type Dash, KINDS, type Pattern } from './kinds.js';

const DASHES: Record<Dash, string> = { solid: '', dashed: '4 2.5', dotted: '1 2', 'dash-dot': '4 2 1 2' };
const PATHS: Record<Pattern, string> = {
  none: '',
  rising: 'M-2 10 10-2M2 18 22-2M10 20 22 8',
  falling: 'M-2 6 12 20M2-2 20 16M10-4 22 8',
  crossed: 'M-2 10 10-2M2 18 22-2M10 20 22 8M-2 6 12 20M2-2 20 16M10-4 22 8',
  dots: 'M6 5.5h.1M12 5.5h.1M9 8h.1M6 10.5h.1M12 10.5h.1',
  rows: 'M3 6h12M3 10h12',
  plus: 'M9 5v6M6 8h6',
  columns: 'M6 3v10M9 3v10M12 3v10',
};

/** Small picture of how the map draws a kind: colour, pattern and border. */
export function Swatch({ kind }: { kind: ZoneKind }) {
  const { pattern, dash } = KINDS[kind];
  return (
    <svg
      className="zone-swatch"
      data-kind={kind}
      viewBox="0 0 18 16"
      width="18"
      height="16"
      aria-hidden="true"
    >
      <clipPath id={`swatch-${kind}`}>
        <rect x="2" y="2" width="14" height="12" rx="2.5" />
      </clipPath>
      <rect className="zone-swatch-fill" x="2" y="2" width="14" height="12" rx="2.5" />
      <path
        d={PATHS[pattern]}
        clipPath={`url(#swatch-${kind})`}
        strokeWidth={pattern === 'dots' ? 1.8 : 1.1}
        strokeLinecap="round"
      />
      <rect x="2" y="2" width="14" height="12" rx="2.5" strokeDasharray={DASHES[dash]} />
    </svg>
  );
}
