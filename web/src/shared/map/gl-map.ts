import type { Map as GlMap, Marker as GlMarker, MapOptions as GlOptions, IControl } from 'maplibre-gl';
import type { DraggablePin, MapAdapter, MapOptions, Scheme } from './adapter.js';
import type { Padding, Position } from './plane.js';

/** What of a library of this family is used; the two have it in common. */
export type GlLibrary = {
  Map: new (options: GlOptions) => GlMap;
  AttributionControl: new (options: { customAttribution?: string }) => IControl;
  Marker: new (options: { element: HTMLElement; anchor: 'bottom'; draggable?: boolean }) => GlMarker;
};

/** What a style is named by: an address, or the style itself. */
type Style = GlOptions['style'];

type Parts = {
  library: GlLibrary;
  style: Style;
  /** shown beside what the sources of the style say */
  credit?: string;
  setScheme: (map: GlMap, scheme: Scheme) => void;
};

const EASE_MS = 1_400;
/** Of one press of an arrow key on a pin. */
const STEP_PX = 12;
const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-STEP_PX, 0],
  ArrowRight: [STEP_PX, 0],
  ArrowUp: [0, -STEP_PX],
  ArrowDown: [0, STEP_PX],
};

/** A map of mapbox-gl's family, as the pages use it. */
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
    renderWorldCopies: false,
    fadeDuration: 150,
    locale: { 'Map.Title': label },
    attributionControl: false,
  });
  // On the right are the buttons of the pages.
  map.addControl(new library.AttributionControl({ customAttribution: credit }), 'bottom-left');
  let padded = '';
  const setPadding = (next: Padding) => {
    // The library would end a glide that is under way.
    if (JSON.stringify(next) === padded) return;
    padded = JSON.stringify(next);
    map.setPadding(next);
    // The library's own corner, with who drew the map, goes with it.
    for (const [side, px] of Object.entries(next)) container.style.setProperty(`--map-${side}`, `${px}px`);
  };
  setPadding(padding);
  map.touchZoomRotate.disableRotation();
  map.getCanvas().after(overlay);
  // Not 'load': that waits for the first complete frame, which on a slow machine is seconds away.
  await map.once('styledata');
  // Asked for with every frame: reading it from the page each time would force a layout.
  let size = sizeOf(container);
  map.on('resize', () => {
    size = sizeOf(container);
  });
  const held = pointerOn(container);
  const marker = (element: HTMLElement, at: Position, draggable = false) =>
    new library.Marker({ element, anchor: 'bottom', draggable }).setLngLat(at).addTo(map);

  return {
    view: () => ({
      center: map.getCenter(),
      zoom: map.getZoom(),
      bearing: map.getBearing(),
      ...size,
      padding: { top: 0, right: 0, bottom: 0, left: 0, ...map.getPadding() },
    }),
    setScheme: (scheme) => setScheme(map, scheme),
    setPadding: (next) => {
      // The library sees a new size later, and what is fitted into the padding would be fitted into the old one.
      const now = sizeOf(container);
      if (now.width !== size.width || now.height !== size.height) map.resize();
      setPadding(next);
    },
    jumpTo: (to) => void map.jumpTo({ center: to }),
    // Not `essential`: with reduced motion the library jumps instead.
    easeTo: (camera) => void map.easeTo({ ...camera, duration: EASE_MS }),
    // A jump between the press and the first move would end the drag before it begins.
    isBusy: () => held.isDown() || map.isMoving(),
    pin(element, at) {
      const pinned = marker(element, at);
      return () => void pinned.remove();
    },
    draggablePin: (element, at, onMoved) => draggable(map, marker(element, at, true), element, onMoved),
    onRender: (listener) => void map.on('render', listener),
    onDrag: (listener) => void map.on('dragstart', listener),
    onRest: (listener) => void map.on('moveend', listener),
    onClick: (listener) => void map.on('click', ({ lngLat }) => listener(plain(lngLat))),
    onHover: (listener) => hover(map, listener),
    destroy: () => {
      held.forget();
      map.remove();
    },
  };
}

function draggable(
  map: GlMap,
  pinned: GlMarker,
  element: HTMLElement,
  onMoved: (to: Position) => void,
): DraggablePin {
  const moved = () => onMoved(plain(pinned.getLngLat()));
  pinned.on('dragend', moved);
  element.tabIndex = 0;
  element.addEventListener('keydown', (event) => {
    const step = ARROWS[event.key];
    if (step === undefined) return;
    // Else the map itself would move.
    event.stopPropagation();
    event.preventDefault();
    const at = map.project(pinned.getLngLat());
    pinned.setLngLat(map.unproject([at.x + step[0], at.y + step[1]]));
    moved();
  });
  return { moveTo: (to) => void pinned.setLngLat(to), remove: () => void pinned.remove() };
}

function hover(map: GlMap, listener: (at: Position | null) => void): void {
  let at: Position | null = null;
  let frame = 0;
  const tell = (next: Position | null) => {
    at = next;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      listener(at);
    });
  };
  map.on('mousemove', ({ lngLat }) => tell(plain(lngLat)));
  map.on('mouseout', () => tell(null));
  map.on('remove', () => cancelAnimationFrame(frame));
}

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
    forget: () => {
      for (const event of ['pointerup', 'pointercancel']) window.removeEventListener(event, up);
    },
  };
}

const plain = ({ lat, lng }: Position): Position => ({ lat, lng });

const sizeOf = ({ clientWidth, clientHeight }: HTMLElement) => ({ width: clientWidth, height: clientHeight });
