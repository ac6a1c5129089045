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
  /** One that the user may put elsewhere. @param onMoved where it was let go */
  draggablePin(element: HTMLElement, at: Position, onMoved: (to: Position) => void): DraggablePin;
  /** With every frame that the map draws. */
  onRender(listener: () => void): void;
  /** The user took hold of the map. */
  onDrag(listener: () => void): void;
  /** The map has come to rest, wherever it was moved to. */
  onRest(listener: () => void): void;
  /** The user pointed at a place. */
  onClick(listener: (at: Position) => void): void;
  destroy(): void;
}

export type DraggablePin = { moveTo(at: Position): void; remove(): void };

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
