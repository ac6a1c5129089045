import type { MapSettings } from '#protocol';
import type { MapAdapter, MapOptions } from './adapter.js';

/** Loads the map library, only the one that is used; a page that shows no map downloads none. */
export async function createMap(options: MapOptions): Promise<MapAdapter> {
  const { mapboxToken, styles } = await settings();
  if (mapboxToken !== null) {
    const { createMapboxMap } = await import('./mapbox.js');
    return createMapboxMap(options, mapboxToken);
  }
  const { createMaplibreMap } = await import('./maplibre.js');
  return createMaplibreMap(options, styles);
}

const OFFLINE: MapSettings = { mapboxToken: null, styles: null };

async function settings(): Promise<MapSettings> {
  try {
    const answer = await fetch('/api/map');
    return answer.ok ? await answer.json() : OFFLINE;
  } catch {
    return OFFLINE;
  }
}
