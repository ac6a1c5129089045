import { useStore } from '@nanostores/react';
import { Plus, X } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { LngLat, VertexPlace, ZoneDraft, ZoneRing } from '#sdk';
import { CoordinateField } from './CoordinateField.js';
import type { Editing } from './editing.js';
import { TEXTS } from './texts.js';

const STEP_PX = 12;
const FINE_PX = 1;
/** Corners that are listed at once; a border may have a thousand. */
const PAGE = 40;
const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

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

type RingProps = {
  editing: Editing;
  zone: ZoneDraft;
  polygon: number;
  ring: number;
  vertices: ZoneRing;
};

function Ring({ editing, zone, polygon, ring, vertices }: RingProps) {
  const corner = useStore(editing.$corner);
  const map = useStore(editing.$map);
  const [shown, setShown] = useState(PAGE);
  /** place of a corner while its key is held, which is written when the key is released */
  const held = useRef<{ vertex: number; to: LngLat } | null>(null);
  const name = TEXTS.ring(polygon, ring, zone.polygons.length);
  const at = (vertex: number): VertexPlace => ({ polygon, ring, vertex });
  const isOnly = ring === 0 && zone.polygons.length === 1;
  const write = () => {
    const moved = held.current;
    held.current = null;
    if (moved === null) return;
    map?.nudge({ polygon, ring }, null);
    editing.moveVertex(zone.id, at(moved.vertex), moved.to);
  };
  const onKeyDown = (event: KeyboardEvent, vertex: number) => {
    const { key, shiftKey } = event;
    const arrow = ARROWS[key];
    if (arrow !== undefined && map !== null) {
      event.preventDefault();
      const px = shiftKey ? FINE_PX : STEP_PX;
      const from = held.current?.vertex === vertex ? held.current.to : vertices[vertex]!;
      const to = map.shifted(from, arrow[0] * px, arrow[1] * px);
      held.current = { vertex, to };
      map.nudge({ polygon, ring }, vertices.with(vertex, to));
      map.reveal(to);
    } else if ((key === 'Delete' || key === 'Backspace') && vertices.length > 3) {
      event.preventDefault();
      editing.removeVertex(zone.id, at(vertex));
    }
  };
  return (
    <div className="zone-ring">
      <h3>
        <span>{name}</span>
        {!isOnly && (
          <button
            type="button"
            className="zone-mini"
            aria-label={TEXTS.removeRing(name)}
            onClick={() => editing.removeRing(zone.id, { polygon, ring })}
          >
            <X size={15} aria-hidden />
          </button>
        )}
      </h3>
      <ol>
        {vertices.slice(0, shown).map(([lng, lat], i) => {
          const isSelected = corner?.polygon === polygon && corner.ring === ring && corner.vertex === i;
          const label = TEXTS.corner(i + 1);
          return (
            <li key={i}>
              <button
                type="button"
                className="zone-corner"
                aria-pressed={isSelected}
                aria-label={label}
                onFocus={() => {
                  editing.$corner.set(at(i));
                  map?.reveal([lng, lat]);
                }}
                onKeyDown={(event) => onKeyDown(event, i)}
                onKeyUp={write}
                onBlur={write}
              >
                {i + 1}
              </button>
              <CoordinateField
                label={TEXTS.latOfCorner(i + 1)}
                value={lat}
                max={90}
                onChange={(next) => editing.moveVertex(zone.id, at(i), [lng, next])}
              />
              <CoordinateField
                label={TEXTS.lngOfCorner(i + 1)}
                value={lng}
                max={180}
                onChange={(next) => editing.moveVertex(zone.id, at(i), [next, lat])}
              />
              <button
                type="button"
                className="zone-mini"
                aria-label={TEXTS.addAfter(i + 1)}
                onClick={() => {
                  const next = vertices[(i + 1) % vertices.length]!;
                  editing.insertVertex(zone.id, at(i + 1), [(lng + next[0]) / 2, (lat + next[1]) / 2]);
                }}
              >
                <Plus size={15} aria-hidden />
              </button>
              <button
                type="button"
                className="zone-mini"
                aria-label={TEXTS.removeCorner(i + 1)}
                disabled={vertices.length <= 3}
                onClick={() => editing.removeVertex(zone.id, at(i))}
              >
                <X size={15} aria-hidden />
              </button>
            </li>
          );
        })}
      </ol>
      {vertices.length > shown && (
        <button type="button" className="zone-more" onClick={() => setShown(shown + PAGE)}>
          {TEXTS.more(Math.min(PAGE, vertices.length - shown))}
        </button>
      )}
    </div>
  );
}
