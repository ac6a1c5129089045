import type { Feature, FeatureCollection } from 'geojson';
import type { LngLat, PickupPoint, ZoneKind, ZonePolygon } from '#sdk';
import { KIND_TEXTS } from '../rule-texts.js';
import { closedRings, labelPlace } from './shape.js';

/** Part that a zone has in a comparison with the version in force. */
export type Change = 'added' | 'changed' | 'removed' | 'before';

/** A zone as the map draws it. */
export type DrawnZone = {
  id: string;
  name: string;
  kind: ZoneKind;
  polygons: ZonePolygon[];
  rules: object;
  isSelected?: boolean;
  change?: Change;
  /** colour of the other dispatcher who has it selected, `#rrggbb` */
  editor?: string;
  /** place of a fault */
  fault?: LngLat;
};

const MARKS: Record<Change, string> = { added: '+ ', changed: '± ', removed: '− ', before: '' };

/** Features of zones, which change only by being replaced. */
const known = new WeakMap<DrawnZone, Feature[]>();

/** Returns zones as GeoJSON: their areas, and points for labels, pick-up points and faults. */
export function featuresOf(zones: readonly DrawnZone[]): FeatureCollection {
  const features = zones.flatMap((zone) => {
    const drawn = known.get(zone) ?? featuresOfZone(zone);
    known.set(zone, drawn);
    return drawn;
  });
  return { type: 'FeatureCollection', features };
}

function featuresOfZone(zone: DrawnZone): Feature[] {
  const { id, name, kind, polygons, rules, isSelected, change, editor, fault } = zone;
  const properties = {
    id,
    kind,
    isSelected: isSelected ?? false,
    change: change ?? '',
    editor: editor ?? '',
  };
  const features: Feature[] = polygons.map((polygon) => ({
    type: 'Feature',
    properties,
    geometry: { type: 'Polygon', coordinates: closedRings(polygon) },
  }));
  const point = (coordinates: LngLat, role: string, text: string) =>
    features.push({
      type: 'Feature',
      properties: { ...properties, role, text, note: role === 'label' ? KIND_TEXTS[kind].name : '' },
      geometry: { type: 'Point', coordinates },
    });
  if (change === 'before') return features;
  const place = labelPlace({ polygons });
  if (place !== null) point(place, 'label', `${change === undefined ? '' : MARKS[change]}${name}`);
  const { points = [] } = rules as { points?: PickupPoint[] };
  for (const { lng, lat, name } of points) point([lng, lat], 'stop', name);
  if (fault !== undefined) point(fault, 'fault', '');
  return features;
}
