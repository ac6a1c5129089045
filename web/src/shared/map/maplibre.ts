import { AttributionControl, Map as GlMap, Marker, type StyleSpecification } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { MapSettings } from '#protocol';
import type { MapAdapter, MapOptions, Scheme } from './adapter.js';
import { createGlMap } from './gl-map.js';
import { PALETTES } from './palette.js';

type Styles = MapSettings['styles'];

/** Longer nobody looks at an empty map. */
const STYLE_MS = 2_500;

/** A map in a style from elsewhere or, where there is none or it cannot be reached, of the demo city alone. */
export async function createMaplibreMap(options: MapOptions, styles: Styles): Promise<MapAdapter> {
  const bundled = await import('./style.js');
  const offline = (scheme: Scheme) => bundled.offlineStyle(PALETTES[scheme]);
  const online = await fetched(styles?.[options.scheme]);
  let isOnline = online !== null;
  let hasTiles = false;

  /** Each colour by itself: a whole new style would read the city's geometry again. */
  const recolour = (map: GlMap, scheme: Scheme) => {
    for (const { id, paint } of offline(scheme).layers)
      for (const [name, value] of Object.entries(paint ?? {}))
        map.setPaintProperty(id, name as Parameters<typeof map.setPaintProperty>[1], value);
  };
  let scheme = options.scheme;
  class WatchedMap extends GlMap {
    constructor(given: ConstructorParameters<typeof GlMap>[0]) {
      super(given);
      this.on('sourcedata', ({ tile }) => {
        if (tile?.state === 'loaded') hasTiles = true;
      });
      // A style that came, but nothing of what it draws.
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
      const style = await fetched(styles?.[next]);
      if (style !== null && isOnline && scheme === next) map.setStyle(style);
    },
  });
}

async function fetched(address: string | undefined): Promise<StyleSpecification | null> {
  if (address === undefined) return null;
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(STYLE_MS) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
