import { Map as MaplibreMap, Marker } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { MapAdapter, MapOptions } from './adapter.js';
import type { Position } from './plane.js';
import { offlineStyle } from './style.js';

const EASE_MS = 1_400;

export async function createMaplibreMap(options: MapOptions): Promise<MapAdapter> {
  const { container, overlay, palette, center, zoom, bearing, padding, label } = options;
  const map = new MaplibreMap({
    container,
    style: offlineStyle(palette),
    center,
    zoom,
    bearing,
    minZoom: 10,
    maxZoom: 17.5,
    maxPitch: 0,
    attributionControl: false,
    renderWorldCopies: false,
    fadeDuration: 150,
    locale: { 'Map.Title': label },
  });
  map.setPadding(padding);
  map.touchZoomRotate.disableRotation();
  map.getCanvas().after(overlay);
  // Not 'load': that waits for the first complete frame, which on a slow machine is seconds away.
  await map.once('styledata');
  // Asked for with every frame: reading it from the page each time would force a layout.
  let size = sizeOf(container);
  map.on('resize', () => {
    size = sizeOf(container);
  });

  return {
    attribution: 'Demo city drawn by Hexfleet, shown with MapLibre',
    view: () => ({
      center: map.getCenter(),
      zoom: map.getZoom(),
      bearing: map.getBearing(),
      ...size,
      padding: { top: 0, right: 0, bottom: 0, left: 0, ...map.getPadding() },
    }),
    setPalette(next) {
      // Each colour by itself: a whole new style would read the city's geometry again.
      for (const { id, paint } of offlineStyle(next).layers)
        for (const [name, value] of Object.entries(paint ?? {}))
          map.setPaintProperty(id, name as Parameters<typeof map.setPaintProperty>[1], value);
    },
    setPadding: (next) => void map.setPadding(next),
    jumpTo: (to) => void map.jumpTo({ center: to }),
    // Not `essential`: with reduced motion the library jumps instead.
    easeTo: (camera) => void map.easeTo({ ...camera, duration: EASE_MS }),
    isBusy: () => map.isMoving(),
    pin(element, at) {
      const marker = new Marker({ element, anchor: 'bottom' }).setLngLat(at).addTo(map);
      return () => void marker.remove();
    },
    draggablePin(element, at, onMoved) {
      const marker = new Marker({ element, anchor: 'bottom', draggable: true }).setLngLat(at).addTo(map);
      marker.on('dragend', () => onMoved(plain(marker.getLngLat())));
      return { moveTo: (to) => void marker.setLngLat(to), remove: () => void marker.remove() };
    },
    onRender: (listener) => void map.on('render', listener),
    onDrag: (listener) => void map.on('dragstart', listener),
    onRest: (listener) => void map.on('moveend', listener),
    onClick: (listener) => void map.on('click', ({ lngLat }) => listener(plain(lngLat))),
    destroy: () => map.remove(),
  };
}

const plain = ({ lat, lng }: Position): Position => ({ lat, lng });

const sizeOf = ({ clientWidth, clientHeight }: HTMLElement) => ({ width: clientWidth, height: clientHeight });
