import mapboxgl from 'mapbox-gl';
import 'mapbox-gl/dist/mapbox-gl.css';
import type { MapAdapter, MapOptions, Scheme } from './adapter.js';
import { createGlMap, type GlLibrary } from './gl-map.js';

const STYLES: Record<Scheme, string> = {
  light: 'mapbox://styles/mapbox/light-v11',
  dark: 'mapbox://styles/mapbox/dark-v11',
};

/** Creates a map with Mapbox GL and Mapbox styles. @param token a public access token, sent to Mapbox with each request */
export function createMapboxMap(options: MapOptions, token: string): Promise<MapAdapter> {
  mapboxgl.accessToken = token;
  return createGlMap(options, {
    // MapLibre is a fork of Mapbox GL; the part that is used has the same shape.
    library: mapboxgl as unknown as GlLibrary,
    style: STYLES[options.scheme],
    setScheme: (map, scheme) => void map.setStyle(STYLES[scheme]),
  });
}
