import { useStore } from '@nanostores/react';
import { MapPin, X } from 'lucide-react';
import type { PickupPoint, ZoneDraft } from '#sdk';
import { CoordinateField } from './CoordinateField.js';
import type { Editing } from './editing.js';
import { TEXTS } from './texts.js';

/** Pick-up points of a zone: placed by clicking on the map, or in its middle, or by coordinates. */
export function Points({ editing, zone }: { editing: Editing; zone: ZoneDraft }) {
  const map = useStore(editing.$map);
  const tool = useStore(editing.$tool);
  const { points = [] } = zone.rules as { points?: PickupPoint[] };
  const set = (next: PickupPoint[]) => editing.change(zone.id, { rules: { points: next } });
  const replace = (id: string, change: Partial<PickupPoint>) =>
    set(points.map((point) => (point.id === id ? { ...point, ...change } : point)));
  return (
    <fieldset className="zone-points">
      <legend>{TEXTS.points}</legend>
      <ol>
        {points.map((point, i) => (
          <li key={point.id}>
            <input
              key={point.name}
              type="text"
              maxLength={80}
              aria-label={TEXTS.pointName(i + 1)}
              defaultValue={point.name}
              onFocus={() => map?.reveal([point.lng, point.lat])}
              onBlur={({ target }) => {
                const name = target.value.trim();
                if (name === '') target.value = point.name;
                else if (name !== point.name) replace(point.id, { name });
              }}
            />
            <button
              type="button"
              className="zone-mini"
              aria-label={TEXTS.remove(point.name)}
              onClick={() => set(points.filter(({ id }) => id !== point.id))}
            >
              <X size={15} aria-hidden />
            </button>
            <span className="zone-coordinates">
              <CoordinateField
                label={TEXTS.latOf(point.name)}
                value={point.lat}
                max={90}
                onChange={(lat) => replace(point.id, { lat })}
              />
              <CoordinateField
                label={TEXTS.lngOf(point.name)}
                value={point.lng}
                max={180}
                onChange={(lng) => replace(point.id, { lng })}
              />
            </span>
          </li>
        ))}
      </ol>
      <div className="zone-small-buttons">
        <button
          type="button"
          aria-pressed={tool === 'point'}
          onClick={() => editing.$tool.set(tool === 'point' ? 'select' : 'point')}
        >
          <MapPin size={15} aria-hidden />
          <span>{TEXTS.addPoint}</span>
        </button>
        <button type="button" onClick={() => map !== null && editing.addPoint(map.centre)}>
          {TEXTS.addPointHere}
        </button>
      </div>
    </fieldset>
  );
}
