import type { Map as GlMap, Marker as GlMarker, MapOptions as GlOptions, IControl } from 'maplibre-gl';
import type { DraggablePin, MapAdapter, MapOptions, Scheme } from './adapter.js';
import type { Padding, Position } from './plane.js';

/** The part of the API that MapLibre and Mapbox GL share and the pages use. */
export type GlLibrary = {
  Map: new (options: GlOptions) => GlMap;
  AttributionControl: new (options: { customAttribution?: string }) => IControl;
  Marker: new (options: { element: HTMLElement; anchor: 'bottom'; draggable?: boolean }) => GlMarker;
};

/** A style, or its URL. */
type Style = GlOptions['style'];

type Parts = {
  library: GlLibrary;
  style: Style;
  /** attribution in addition to that of the style's sources */
  credit?: string;
  setScheme: (map: GlMap, scheme: Scheme) => void;
};

const EASE_MS = 1_400;
/** Distance that one arrow key press moves a pin. */
const STEP_PX = 12;
const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-STEP_PX, 0],
  ArrowRight: [STEP_PX, 0],
  ArrowUp: [0, -STEP_PX],
  ArrowDown: [0, STEP_PX],
};

/** Creates the adapter for a map library of the Mapbox GL family. */
export async function createGlMap(options: MapOptions, parts: Parts): Promise<MapAdapter> {
  const { container, overlay, center, zoom, bearing, padding, label } = options;
  const { library, style, credit, setScheme } = parts;
  const map = new library.Map({
    container,
    style,
    center,
    zoom,
    bearing,
    minZoom: 10,
    maxZoom: 17.5,
    maxPitch: 0,
    fadeDuration: 150,
    locale: { 'Map.Title': label },
    attributionControl: false,
  });
  // The pages' own buttons are on the right.
  map.addControl(new library.AttributionControl({ customAttribution: credit }), 'bottom-left');
  let currentPadding = '';
  const setPadding = (next: Padding) => {
    // Setting the same padding again would stop a running animation.
    if (JSON.stringify(next) === currentPadding) return;
    currentPadding = JSON.stringify(next);
    map.setPadding(next);
    // The library's attribution corner moves with the padding.
    for (const [side, px] of Object.entries(next)) container.style.setProperty(`--map-${side}`, `${px}px`);
  };
  setPadding(padding);
  map.touchZoomRotate.disableRotation();
  map.getCanvas().after(overlay);
  // Not 'load': it waits for the first complete frame, which takes seconds on a slow machine.
  await map.once('styledata');
  // Cached because every frame needs it, and reading it from the DOM would force a layout.
  let size = sizeOf(container);
  map.on('resize', () => {
    size = sizeOf(container);
  });
  const pointer = pointerOn(container);
  const marker = (element: HTMLElement, at: Position, draggable = false) =>
    new library.Marker({ element, anchor: 'bottom', draggable }).setLngLat(at).addTo(map);

  return {
    gl: map,
    view: () => ({
      center: map.getCenter(),
      zoom: map.getZoom(),
      bearing: map.getBearing(),
      ...size,
      padding: { top: 0, right: 0, bottom: 0, left: 0, ...map.getPadding() },
    }),
    setScheme: (scheme) => setScheme(map, scheme),
    setPadding: (next) => {
      // The library notices a new size later; without a resize the padding would apply to the old size.
      const current = sizeOf(container);
      if (current.width !== size.width || current.height !== size.height) map.resize();
      setPadding(next);
    },
    jumpTo: (to, zoom) => void map.jumpTo({ center: to, ...(zoom !== undefined && { zoom }) }),
    // Not `essential`, so that the library jumps instead with reduced motion.
    easeTo: (camera) => void map.easeTo({ ...camera, duration: EASE_MS }),
    // A jump between pointerdown and the first move would cancel the drag.
    isBusy: () => pointer.isDown() || map.isMoving(),
    pin(element, at) {
      const pin = marker(element, at);
      return () => void pin.remove();
    },
    draggablePin: (element, at, onMoved) => draggable(map, marker(element, at, true), element, onMoved),
    onRender: (listener) => void map.on('render', listener),
    onDrag: (listener) => void map.on('dragstart', listener),
    onRest: (listener) => void map.on('moveend', listener),
    onClick: (listener) => void map.on('click', ({ lngLat }) => listener(plain(lngLat))),
    onHover: (listener) => hover(map, listener),
    destroy: () => {
      pointer.stop();
      map.remove();
    },
  };
}

function draggable(
  map: GlMap,
  pin: GlMarker,
  element: HTMLElement,
  onMoved: (to: Position) => void,
): DraggablePin {
  const moved = () => onMoved(plain(pin.getLngLat()));
  pin.on('dragend', moved);
  element.tabIndex = 0;
  element.addEventListener('keydown', (event) => {
    const offset = ARROWS[event.key];
    if (offset === undefined) return;
    // Otherwise the map would pan.
    event.stopPropagation();
    event.preventDefault();
    const at = map.project(pin.getLngLat());
    pin.setLngLat(map.unproject([at.x + offset[0], at.y + offset[1]]));
    moved();
  });
  return { moveTo: (to) => void pin.setLngLat(to), remove: () => void pin.remove() };
}

/** Reports the pointer's position once a frame. */
function hover(map: GlMap, listener: (at: Position | null) => void): void {
  let at: Position | null = null;
  let frame = 0;
  const notify = (next: Position | null) => {
    at = next;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      listener(at);
    });
  };
  map.on('mousemove', ({ lngLat }) => notify(plain(lngLat)));
  map.on('mouseout', () => notify(null));
  map.on('remove', () => cancelAnimationFrame(frame));
}

/** Tracks whether a pointer is down on an element. */
function pointerOn(container: HTMLElement) {
  let isDown = false;
  const down = () => {
    isDown = true;
  };
  const up = () => {
    isDown = false;
  };
  container.addEventListener('pointerdown', down, { capture: true });
  for (const event of ['pointerup', 'pointercancel']) window.addEventListener(event, up);
  return {
    isDown: () => isDown,
    stop: () => {
      for (const event of ['pointerup', 'pointercancel']) window.removeEventListener(event, up);
    },
  };
}

const plain = ({ lat, lng }: Position): Position => ({ lat, lng });

const sizeOf = ({ clientWidth, clientHeight }: HTMLElement) => ({ width: clientWidth, height: clientHeight });
