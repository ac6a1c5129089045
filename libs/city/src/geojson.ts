import type { City, Rings } from './types.js';

type Feature = {
  type: 'Feature';
  properties:
    | { layer: 'land' }
    | { layer: 'park'; name: string }
    | { layer: 'road'; name: string; kind: string };
  geometry: { type: 'Polygon'; coordinates: Rings } | { type: 'LineString'; coordinates: number[][] };
};

export type CityGeoJson = { type: 'FeatureCollection'; features: Feature[] };

/** Returns the city for a map: polygons of layer `land` and `park` (with `name`), lines of layer `road` (with `name`, `kind`). */
export function cityGeoJson(city: City): CityGeoJson {
  const polygon = (properties: Feature['properties'], coordinates: Rings): Feature => ({
    type: 'Feature',
    properties,
    geometry: { type: 'Polygon', coordinates },
  });
  return {
    type: 'FeatureCollection',
    features: [
      ...city.land.map((rings) => polygon({ layer: 'land' }, rings)),
      ...city.parks.map(({ name, rings }) => polygon({ layer: 'park', name }, rings)),
      ...city.roads.map(
        ({ name, kind, line }): Feature => ({
          type: 'Feature',
          properties: { layer: 'road', name, kind },
          geometry: { type: 'LineString', coordinates: line },
        }),
      ),
    ],
  };
}
