import { manhattan } from '#city';
import type { MapAdapter, Scheme } from './adapter.js';
import { BEARING } from './camera.js';
import { createMap } from './create-map.js';
import { Overlay } from './overlay/overlay.js';
import { PALETTES } from './palette.js';
import { fitting, type Padding, Plane, type Position } from './plane.js';

export type MapViewOptions = { container: HTMLElement; padding: Padding; label: string };

/** A map of the city with the vehicle overlay, in the device's colour scheme. `plane` has its origin in the city centre. */
export type MapView = { map: MapAdapter; overlay: Overlay; plane: Plane; close: () => void };

/** Opens a map in a container. It follows changes of the colour scheme until it is closed. */
export async function openMapView({ container, padding, label }: MapViewOptions): Promise<MapView> {
  // Let the panels paint first: creating a WebGL context can block a slow device for a second.
  await firstPaint();
  const { center } = manhattan();
  const plane = new Plane(center);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const preferred = (): Scheme => (dark.matches ? 'dark' : 'light');
  const scheme = preferred();
  const canvas = document.createElement('canvas');
  canvas.className = 'overlay';
  const size = { width: container.clientWidth, height: container.clientHeight };
  const start = fitting(plane, startArea(plane, center), { bearing: BEARING, padding, ...size }, 14);
  const map = await createMap({
    container,
    overlay: canvas,
    scheme,
    bearing: BEARING,
    padding,
    label,
    ...start,
  });
  const overlay = new Overlay(canvas, plane, PALETTES[scheme], map.view);
  map.onRender(() => overlay.draw());
  const repaint = () => {
    map.setScheme(preferred());
    overlay.setPalette(PALETTES[preferred()]);
  };
  dark.addEventListener('change', repaint);
  const close = () => {
    dark.removeEventListener('change', repaint);
    overlay.destroy();
    map.destroy();
  };
  return { map, overlay, plane, close };
}

const firstPaint = () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/** Returns the corners of the initial view: a square as wide as the island. */
const startArea = (plane: Plane, center: Position): Position[] => {
  const { x, y } = plane.from(center);
  return [-1_900, 1_900].flatMap((dx) =>
    [-1_900, 1_900].map((dy) => plane.position({ x: x + dx, y: y + dy })),
  );
};
