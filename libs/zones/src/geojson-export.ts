import { intersection } from 'polyclip-ts';
import type { LngLat, Zone, ZonePolygon } from '#protocol';
import type { ZoneCollection, ZoneFeature, ZoneGeometry } from './geojson.js';
import { unwrapPolygon } from './ring.js';
import { findSelfContact } from './self-contact.js';
import type { ZoneDraft } from './zone-draft.js';

/** Returns zones as GeoJSON; a polygon that crosses the antimeridian is cut in two there, as RFC 7946 recommends. */
export const exportGeoJson = (zones: ReadonlyArray<Zone | ZoneDraft>): ZoneCollection => ({
  type: 'FeatureCollection',
  features: zones.map(featureOf),
});

function featureOf({ id, polygons, ...properties }: Zone | ZoneDraft): ZoneFeature {
  const coordinates = polygons.flatMap(cut).map((rings) => rings.map(closed));
  const geometry: ZoneGeometry =
    coordinates.length === 1
      ? { type: 'Polygon', coordinates: coordinates[0]! }
      : { type: 'MultiPolygon', coordinates };
  return { type: 'Feature', id, geometry, properties };
}

const closed = (ring: LngLat[]): LngLat[] => [...ring, ring[0]!];

/** Cuts a polygon at the antimeridian. */
function cut(polygon: ZonePolygon): LngLat[][][] {
  const rings = unwrapPolygon(polygon);
  const lngs = rings[0]!.map(([lng]) => lng);
  const [west, east] = [Math.min(...lngs), Math.max(...lngs)];
  if (west >= -180 && east <= 180) return [rings];
  // A draft may hold anything, which could neither be cut nor imported.
  if (rings.some((ring) => ring.length < 3) || findSelfContact(rings) !== null) return [rings];
  return [-360, 0, 360].flatMap((shift) => {
    if (east <= shift - 180 || west >= shift + 180) return [];
    const parts = intersection([rings.map(closed)], [worldAt(shift)]);
    return parts.map((part) =>
      part.map((ring) => ring.slice(0, -1).map(([lng, lat]): LngLat => [lng - shift, lat])),
    );
  });
}

const worldAt = (shift: number): [number, number][][] => [
  [
    [shift - 180, -90],
    [shift + 180, -90],
    [shift + 180, 90],
    [shift - 180, 90],
    [shift - 180, -90],
  ],
];
