import type { ZoneDraft } from '#sdk';
import type { Editing } from './editing.js';
import { Ring } from './Ring.js';
import { TEXTS } from './texts.js';

/** All corners of a zone by coordinates, and with the arrow keys: the way to edit a border without a mouse. */
export function Corners({ editing, zone }: { editing: Editing; zone: ZoneDraft }) {
  const { polygons } = zone;
  const rings = polygons.flatMap((polygon, p) => polygon.map((ring, r) => ({ p, r, ring })));
  const crosses = rings.some(({ ring }) =>
    ring.some(([lng], i) => Math.abs(lng - ring[(i + 1) % ring.length]![0]) > 180),
  );
  return (
    <details className="zone-corners">
      <summary>{TEXTS.corners}</summary>
      <p className="side-note">{TEXTS.cornersHint}</p>
      {crosses && <p className="card-warning">{TEXTS.antimeridian}</p>}
      {rings.map(({ p, r, ring }) => (
        <Ring key={`${p} ${r}`} editing={editing} zone={zone} polygon={p} ring={r} vertices={ring} />
      ))}
    </details>
  );
}
