import type {
  ExpressionSpecification,
  GeoJSONSourceSpecification,
  LayerSpecification,
  StyleSpecification,
} from 'maplibre-gl';
import { cityGeoJson, manhattan } from '#city';
import type { Palette } from './palette.js';
import { PLACES } from './places.js';

type Kind = 'street' | 'major' | 'avenue' | 'highway';
type Stop = [zoom: number, value: number];

/** Interpolates a value over the zoom: widths grow with the map when zoomed in, and stay visible hairlines when zoomed out. */
const byZoom = (...stops: Stop[]): ExpressionSpecification =>
  ['interpolate', ['exponential', 1.7], ['zoom'], ...stops.flat()] as ExpressionSpecification;

const WIDTH: Record<Kind, Stop[]> = {
  street: [[11, 0.25], [13, 0.9], [15, 4], [17.5, 18]], // biome-ignore format: a table
  major: [[11, 0.5], [13, 1.5], [15, 5.5], [17.5, 24]], // biome-ignore format: a table
  avenue: [[11, 0.7], [13, 2], [15, 7], [17.5, 28]], // biome-ignore format: a table
  highway: [[11, 1], [13, 2.4], [15, 7], [17.5, 28]], // biome-ignore format: a table
};
const KINDS: Kind[] = ['street', 'major', 'avenue', 'highway'];

// No `glyphs`: labels use the device's fonts, so no font is downloaded.
const FONT = ['system-ui', 'Segoe UI', 'Roboto', 'Helvetica Neue', 'sans-serif'];

let data: GeoJSONSourceSpecification['data'] | null = null;

/** Returns the style of the bundled demo city, which needs no tiles, fonts or sprites from the network. */
export function offlineStyle(palette: Palette): StyleSpecification {
  data ??= cityGeoJson(manhattan());
  return {
    version: 8,
    sources: {
      city: { type: 'geojson', data, maxzoom: 15, buffer: 32, tolerance: 0.25, attribution: 'Demo city' },
      places: { type: 'geojson', data: PLACES },
    },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': palette.water } },
      ...areas(palette),
      ...roads(palette),
      ...names(palette),
    ],
  };
}

const inLayer = (layer: string): ExpressionSpecification => ['==', ['get', 'layer'], layer];
const roadOf = (kind: Kind): ExpressionSpecification => [
  'all',
  inLayer('road'),
  ['==', ['get', 'kind'], kind],
];

const areas = ({ land, shore, park }: Palette): LayerSpecification[] => [
  {
    id: 'shore',
    type: 'line',
    source: 'city',
    filter: inLayer('land'),
    layout: { 'line-join': 'round' },
    paint: { 'line-color': shore, 'line-width': byZoom([11, 1.5], [15, 5]) },
  },
  { id: 'land', type: 'fill', source: 'city', filter: inLayer('land'), paint: { 'fill-color': land } },
  { id: 'park', type: 'fill', source: 'city', filter: inLayer('park'), paint: { 'fill-color': park } },
];

/** Returns the road layers, all casings first, so that a crossing road's casing does not cut through a road. */
const roads = ({ casing, street, avenue, highway }: Palette): LayerSpecification[] => {
  const colour = { street, major: avenue, avenue, highway };
  const line = (kind: Kind, role: string, paint: object): LayerSpecification => ({
    id: `${kind}-${role}`,
    type: 'line',
    source: 'city',
    filter: roadOf(kind),
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint,
  });
  const wider = (stops: Stop[]) =>
    byZoom(...stops.map(([zoom, width]): Stop => [zoom, width + (zoom < 13 ? 0.4 : 1.4)]));
  return [
    ...KINDS.map((kind) => line(kind, 'casing', { 'line-color': casing, 'line-width': wider(WIDTH[kind]) })),
    ...KINDS.map((kind) =>
      line(kind, 'fill', { 'line-color': colour[kind], 'line-width': byZoom(...WIDTH[kind]) }),
    ),
  ];
};

const names = ({ name, nameHalo, parkName, park, waterName, landName }: Palette): LayerSpecification[] => {
  const along = (kind: Kind, minzoom: number, size: ExpressionSpecification): LayerSpecification => ({
    id: `${kind}-name`,
    type: 'symbol',
    source: 'city',
    minzoom,
    filter: roadOf(kind),
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 360,
      'text-field': ['get', 'name'],
      'text-font': FONT,
      'text-size': size,
      'text-letter-spacing': 0.02,
      'text-padding': 6,
    },
    paint: { 'text-color': name, 'text-halo-color': nameHalo, 'text-halo-width': 1.2 },
  });
  return [
    along('street', 14.4, byZoom([14, 9.5], [17, 12])),
    along('major', 13.4, byZoom([13, 9.5], [17, 13])),
    along('highway', 13, byZoom([13, 9.5], [17, 13])),
    along('avenue', 12.6, byZoom([12.5, 9.5], [17, 13.5])),
    {
      id: 'park-name',
      type: 'symbol',
      source: 'city',
      minzoom: 11.5,
      filter: inLayer('park'),
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': byZoom([12, 10.5], [16, 14]),
        'text-max-width': 7,
        'text-letter-spacing': 0.04,
      },
      paint: { 'text-color': parkName, 'text-halo-color': park, 'text-halo-width': 1 },
    },
    {
      id: 'place-name',
      type: 'symbol',
      source: 'places',
      maxzoom: 15,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 11, 11, 15, 17],
        'text-letter-spacing': 0.14,
        'text-rotation-alignment': 'map',
        'text-rotate': ['get', 'turn'],
        'text-max-width': 20,
      },
      paint: { 'text-color': ['case', ['get', 'water'], waterName, landName] },
    },
  ];
};
