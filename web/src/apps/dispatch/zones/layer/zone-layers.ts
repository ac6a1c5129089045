import type {
  ExpressionSpecification,
  GeoJSONSource,
  Map as GlMap,
  LayerSpecification,
  SymbolLayerSpecification,
} from 'maplibre-gl';
import type { Scheme } from '../../../../shared/map/adapter.js';
import { PALETTES } from '../../../../shared/map/palette.js';
import { type Dash, KIND_ORDER, KINDS } from '../kinds.js';
import { type DrawnZone, featuresOf } from './features.js';
import { imageName, patternImages } from './patterns.js';

const DASHES: Record<Dash, number[]> = {
  solid: [1, 0],
  dashed: [3, 2],
  dotted: [0.6, 1.6],
  'dash-dot': [4, 1.6, 0.6, 1.6],
};
const CHANGES: Record<Scheme, Record<string, string>> = {
  light: { added: '#0a7f63', changed: '#0b67a8', removed: '#b3261e', before: '#68717c' },
  dark: { added: '#35d6a6', changed: '#64b5f0', removed: '#ff8a80', before: '#8b96a2' },
};
/** Fonts of a style without any, which is drawn with those of the device. */
const DEVICE_FONTS = ['system-ui', 'Segoe UI', 'Roboto', 'Helvetica Neue', 'sans-serif'];

const isArea: ExpressionSpecification = ['!=', ['geometry-type'], 'Point'];
const isRole = (role: string): ExpressionSpecification => ['==', ['get', 'role'], role];
const when = (isTrue: string, then: number, otherwise: number): ExpressionSpecification => [
  'case',
  ['boolean', ['get', isTrue], false],
  then,
  otherwise,
];
const byKind = (value: (kind: (typeof KIND_ORDER)[number]) => string): ExpressionSpecification =>
  ['match', ['get', 'kind'], ...KIND_ORDER.flatMap((kind) => [kind, value(kind)]), '#888888'] as never;

/** Draws zones below the names of streets: fill, pattern, border, label. It survives a change of the map's style. */
export class ZoneLayers {
  #data = featuresOf([]);
  #zones: readonly DrawnZone[] = [];
  #isVisible = true;
  #scheme: Scheme;

  constructor(
    private readonly map: GlMap,
    private readonly prefix: string,
    scheme: Scheme,
  ) {
    this.#scheme = scheme;
    this.#add();
    map.on('styledata', this.#restore);
  }

  set(zones: readonly DrawnZone[]): void {
    // Each frame of a drag draws one zone again; the others, up to a thousand, stay as they are.
    if (zones.length === this.#zones.length && zones.every((zone, i) => zone === this.#zones[i])) return;
    this.#zones = zones;
    this.#data = featuresOf(zones);
    this.#source?.setData(this.#data);
  }

  setVisible(isVisible: boolean): void {
    if (isVisible === this.#isVisible) return;
    this.#isVisible = isVisible;
    for (const { id } of this.#layers())
      if (this.map.getLayer(id) !== undefined)
        this.map.setLayoutProperty(id, 'visibility', isVisible ? 'visible' : 'none');
  }

  setScheme(scheme: Scheme): void {
    this.#scheme = scheme;
    for (const { id, paint } of this.#layers())
      if (this.map.getLayer(id) !== undefined)
        for (const [name, value] of Object.entries(paint ?? {}))
          this.map.setPaintProperty(id, name as 'fill-color', value);
  }

  remove(): void {
    this.map.off('styledata', this.#restore);
    for (const { id } of this.#layers()) if (this.map.getLayer(id) !== undefined) this.map.removeLayer(id);
    if (this.#source !== undefined) this.map.removeSource(this.prefix);
  }

  get #source(): GeoJSONSource | undefined {
    return this.map.getSource<GeoJSONSource>(this.prefix);
  }

  readonly #restore = (): void => {
    if (this.#source === undefined) this.#add();
  };

  #add(): void {
    try {
      this.map.addSource(this.prefix, { type: 'geojson', data: this.#data, tolerance: 0.2 });
    } catch {
      // The style is being loaded; the map calls again when it is there.
      return;
    }
    for (const { name, image, pixelRatio } of patternImages())
      if (!this.map.hasImage(name)) this.map.addImage(name, image, { pixelRatio });
    const names = this.map.getStyle().layers.find(({ type }) => type === 'symbol')?.id;
    for (const layer of this.#layers()) this.map.addLayer(layer, layer.type === 'symbol' ? undefined : names);
    const isVisible = this.#isVisible;
    this.#isVisible = true;
    this.setVisible(isVisible);
  }

  #fonts(): string[] {
    const symbols = this.map.getStyle().layers.filter(({ type }) => type === 'symbol');
    const fonts = symbols
      .map(({ layout }) => (layout as SymbolLayerSpecification['layout'])?.['text-font'])
      .find(Array.isArray);
    return (fonts as string[] | undefined) ?? DEVICE_FONTS;
  }

  #layers(): LayerSpecification[] {
    const scheme = this.#scheme;
    const { halo } = PALETTES[scheme];
    const ink = scheme === 'light' ? '#14181d' : '#eef2f5';
    const colour = byKind((kind) => KINDS[kind][scheme]);
    const changes = ['match', ['get', 'change'], ...Object.entries(CHANGES[scheme]).flat(), 'transparent'];
    const layer = (name: string, rest: object) =>
      ({ id: `${this.prefix}-${name}`, source: this.prefix, ...rest }) as LayerSpecification;
    const line = (name: string, filter: unknown, paint: object) =>
      layer(name, { type: 'line', filter, layout: { 'line-join': 'round' }, paint });
    const isNow = ['all', isArea, ['!=', ['get', 'change'], 'before']];
    return [
      layer('fill', {
        type: 'fill',
        filter: ['all', isNow, ['!=', ['get', 'kind'], 'service_area']],
        paint: { 'fill-color': colour, 'fill-opacity': when('isSelected', 0.16, 0.08) },
      }),
      layer('pattern', {
        type: 'fill',
        filter: isNow,
        paint: { 'fill-pattern': byKind((kind) => imageName(kind, scheme)) },
      }),
      line('change', ['all', isArea, ['!=', ['get', 'change'], '']], {
        'line-color': changes,
        'line-width': ['match', ['get', 'change'], 'before', 2, 7],
        'line-opacity': ['match', ['get', 'change'], 'before', 0.9, 0.45],
        'line-dasharray': [1, 0],
      }),
      line('editor', ['all', isArea, ['!=', ['get', 'editor'], '']], {
        'line-color': ['get', 'editor'],
        'line-width': 6,
        'line-opacity': 0.55,
      }),
      ...Object.entries(DASHES).map(([dash, dasharray]) =>
        line(
          dash,
          [
            'all',
            isNow,
            ['in', ['get', 'kind'], ['literal', KIND_ORDER.filter((k) => KINDS[k].dash === dash)]],
          ],
          {
            'line-color': colour,
            'line-width': when('isSelected', 3, 1.8),
            'line-dasharray': dasharray,
          },
        ),
      ),
      layer('stop', {
        type: 'circle',
        filter: isRole('stop'),
        paint: {
          'circle-radius': 5,
          'circle-color': colour,
          'circle-stroke-color': halo,
          'circle-stroke-width': 2,
        },
      }),
      layer('fault', {
        type: 'circle',
        filter: isRole('fault'),
        paint: {
          'circle-radius': 11,
          'circle-color': 'transparent',
          'circle-stroke-color': CHANGES[scheme].removed,
          'circle-stroke-width': 3,
        },
      }),
      layer('name', {
        type: 'symbol',
        filter: isRole('label'),
        minzoom: 10,
        layout: {
          'text-field': ['format', ['get', 'text'], {}, '\n', {}, ['get', 'note'], { 'font-scale': 0.82 }],
          'text-font': this.#fonts(),
          'text-size': ['interpolate', ['linear'], ['zoom'], 10, 11, 16, 15],
          'text-max-width': 9,
          'text-padding': 4,
        },
        paint: { 'text-color': colour, 'text-halo-color': halo, 'text-halo-width': 1.6 },
      }),
      layer('stop-name', {
        type: 'symbol',
        filter: isRole('stop'),
        minzoom: 13,
        layout: {
          'text-field': ['get', 'text'],
          'text-font': this.#fonts(),
          'text-size': 12,
          'text-anchor': 'top',
          'text-offset': [0, 0.7],
          'text-max-width': 8,
        },
        paint: { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': 1.6 },
      }),
    ];
  }
}
