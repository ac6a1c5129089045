import { manhattan } from '#city';
import type { MapAdapter, Scheme } from './adapter.js';
import { BEARING } from './camera.js';
import { createMap } from './create-map.js';
import { Overlay } from './overlay/overlay.js';
import { PALETTES } from './palette.js';
import { fitting, type Padding, Plane, type Position } from './plane.js';

export type MapViewOptions = { container: HTMLElement; padding: Padding; label: string };

/** A map of the city with a canvas for what moves on it, in the colours that the device wants. */
export type MapView = { map: MapAdapter; overlay: Overlay; plane: Plane; close: () => void };

export async function openMapView({ container, padding, label }: MapViewOptions): Promise<MapView> {
  // Panels first: setting up a graphics context may keep a weak machine busy for a second.
  await firstPaint();
  const { center } = manhattan();
  const plane = new Plane(center);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const wanted = (): Scheme => (dark.matches ? 'dark' : 'light');
  const scheme = wanted();
  const canvas = document.createElement('canvas');
  canvas.className = 'overlay';
  const size = { width: container.clientWidth, height: container.clientHeight };
  const start = fitting(plane, around(plane, center), { bearing: BEARING, padding, ...size }, 14);
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
    map.setScheme(wanted());
    overlay.setPalette(PALETTES[wanted()]);
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

/** What is seen before there is a trip: the width of the island, and as much of its length. */
const around = (plane: Plane, center: Position): Position[] => {
  const { x, y } = plane.from(center);
  return [-1_900, 1_900].flatMap((dx) =>
    [-1_900, 1_900].map((dy) => plane.position({ x: x + dx, y: y + dy })),
  );
};
