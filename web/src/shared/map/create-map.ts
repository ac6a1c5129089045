import type { MapSettings } from '#protocol';
import type { MapAdapter, MapOptions } from './adapter.js';

/** Creates a map with the library that the service configures. Only that library is loaded. */
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
    const response = await fetch('/api/map');
    return response.ok ? await response.json() : OFFLINE;
  } catch {
    return OFFLINE;
  }
}
