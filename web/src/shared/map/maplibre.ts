import { AttributionControl, Map as GlMap, Marker, type StyleSpecification } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { MapSettings } from '#protocol';
import type { MapAdapter, MapOptions, Scheme } from './adapter.js';
import { createGlMap } from './gl-map.js';
import { PALETTES } from './palette.js';

type Styles = MapSettings['styles'];

/** Time limit for loading a style, so that nobody waits long in front of an empty map. */
const STYLE_MS = 2_500;

/** Creates a map with MapLibre and the configured styles. Without one, or when it does not load, uses the bundled demo city. */
export async function createMaplibreMap(options: MapOptions, styles: Styles): Promise<MapAdapter> {
  const bundled = await import('./style.js');
  const offline = (scheme: Scheme) => bundled.offlineStyle(PALETTES[scheme]);
  const online = await fetchStyle(styles?.[options.scheme]);
  let isOnline = online !== null;
  let hasTiles = false;

  /** Sets each colour on its own, because a new style would parse the city's geometry again. */
  const recolour = (map: GlMap, scheme: Scheme) => {
    for (const { id, paint } of offline(scheme).layers)
      for (const [name, value] of Object.entries(paint ?? {}))
        map.setPaintProperty(id, name as Parameters<typeof map.setPaintProperty>[1], value);
  };
  let scheme = options.scheme;
  class WatchedMap extends GlMap {
    constructor(options: ConstructorParameters<typeof GlMap>[0]) {
      super(options);
      this.on('sourcedata', ({ tile }) => {
        if (tile?.state === 'loaded') hasTiles = true;
      });
      // The style loaded but none of its tiles did: fall back to the bundled style.
      this.on('error', ({ error }) => {
        console.warn(error.message);
        if (!isOnline || hasTiles) return;
        isOnline = false;
        this.setStyle(offline(scheme));
      });
    }
  }
  return createGlMap(options, {
    library: { Map: WatchedMap, Marker, AttributionControl },
    style: online ?? offline(options.scheme),
    credit: 'Hexfleet, shown with MapLibre',
    setScheme: async (map, next) => {
      scheme = next;
      if (!isOnline) return recolour(map, next);
      const style = await fetchStyle(styles?.[next]);
      if (style !== null && isOnline && scheme === next) map.setStyle(style);
    },
  });
}

/** Returns a style; null when there is none or it does not load in time. */
async function fetchStyle(url: string | undefined): Promise<StyleSpecification | null> {
  if (url === undefined) return null;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(STYLE_MS) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
