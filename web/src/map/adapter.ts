import type { Palette } from './palette.js';
import type { Padding, Position, View } from './plane.js';

/** What the pages need of a map library, and no more; each library has one file that gives it. */
export interface MapAdapter {
  /** Who drew what is seen, to be shown with the map. */
  readonly attribution: string;
  view(): View;
  setPalette(palette: Palette): void;
  /** The part of the map that panels cover. */
  setPadding(padding: Padding): void;
  jumpTo(center: Position): void;
  easeTo(camera: { center?: Position; zoom?: number; bearing?: number }): void;
  /** Whether the camera is on its way or in the user's hand. */
  isBusy(): boolean;
  /** An element that stays on a place, by the middle of its lower edge. @returns a function that removes it */
  pin(element: HTMLElement, at: Position): () => void;
  /** With every frame that the map draws. */
  onRender(listener: () => void): void;
  /** The user took hold of the map. */
  onDrag(listener: () => void): void;
  destroy(): void;
}

export type MapOptions = {
  container: HTMLElement;
  /** lies on the map and below its pins */
  overlay: HTMLCanvasElement;
  palette: Palette;
  center: Position;
  zoom: number;
  bearing: number;
  padding: Padding;
  label: string;
};

/** Loads the map library; a page that shows no map does not download one. */
export async function createMap(options: MapOptions): Promise<MapAdapter> {
  const { createMaplibreMap } = await import('./maplibre.js');
  return createMaplibreMap(options);
}
