import { useStore } from '@nanostores/react';
import { Move, Plus, SquareDashed, X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import type { VertexPlace, ZoneDraft, ZoneRing } from '#sdk';
import { CoordinateField } from './CoordinateField.js';
import type { Editing } from './editing.js';
import { movedRing } from './merge-ring.js';
import { useNudge } from './nudge.js';
import { TEXTS } from './texts.js';

/** Corners that are listed at once; a border may have a thousand. */
const PAGE = 40;

type Props = {
  editing: Editing;
  zone: ZoneDraft;
  polygon: number;
  ring: number;
  vertices: ZoneRing;
};

/** One ring of a zone: moves as a whole, and corner by corner. */
export function Ring({ editing, zone, polygon, ring, vertices }: Props) {
  const corner = useStore(editing.$corner);
  const map = useStore(editing.$map);
  const [shown, setShown] = useState(PAGE);
  const place = { polygon, ring };
  const { press, released } = useNudge(editing, place, vertices);
  const name = TEXTS.ring(polygon, ring, zone.polygons.length);
  const at = (vertex: number): VertexPlace => ({ polygon, ring, vertex });
  const isOnly = ring === 0 && zone.polygons.length === 1;
  const moveRing = (event: KeyboardEvent) =>
    press(event, {
      from: (corners) => corners[0]!,
      moved: (corners, to) => movedRing(corners, corners[0]!, to),
      write: (base, corners) => editing.applyRing(zone.id, place, base, corners, true),
    });
  const moveCorner = (event: KeyboardEvent, vertex: number) => {
    const isArrow = press(event, {
      from: (corners) => corners[vertex]!,
      moved: (corners, to) => corners.with(vertex, to),
      write: (_, corners) => editing.moveVertex(zone.id, at(vertex), corners[vertex]!),
    });
    const removes = event.key === 'Delete' || event.key === 'Backspace';
    if (isArrow || !removes || vertices.length <= 3) return;
    event.preventDefault();
    editing.removeVertex(zone.id, at(vertex));
  };
  return (
    <div className="zone-ring">
      <h3>
        <span>{name}</span>
        <button
          type="button"
          className="zone-mini"
          aria-label={TEXTS.moveRing(name)}
          title={TEXTS.moveRing(name)}
          onKeyDown={moveRing}
          {...released}
        >
          <Move size={15} aria-hidden />
        </button>
        {ring === 0 && (
          <button
            type="button"
            className="zone-mini"
            aria-label={TEXTS.addHole(name)}
            title={TEXTS.addHole(name)}
            onClick={() => editing.addHoleIn(zone.id, polygon)}
          >
            <SquareDashed size={15} aria-hidden />
          </button>
        )}
        {!isOnly && (
          <button
            type="button"
            className="zone-mini"
            aria-label={TEXTS.removeRing(name)}
            title={TEXTS.removeRing(name)}
            onClick={() => editing.removeRing(zone.id, place)}
          >
            <X size={15} aria-hidden />
          </button>
        )}
      </h3>
      <ol>
        {vertices.slice(0, shown).map(([lng, lat], i) => {
          const isSelected = corner?.polygon === polygon && corner.ring === ring && corner.vertex === i;
          return (
            <li key={i}>
              <button
                type="button"
                className="zone-corner"
                aria-pressed={isSelected}
                aria-label={TEXTS.corner(i + 1)}
                onFocus={() => {
                  editing.$corner.set(at(i));
                  map?.reveal([lng, lat]);
                }}
                onKeyDown={(event) => moveCorner(event, i)}
                {...released}
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
