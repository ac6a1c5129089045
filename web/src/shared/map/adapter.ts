import type { Padding, Position, View } from './plane.js';

/** What the pages need of a map library, and no more; each library has one file that gives it. */
export interface MapAdapter {
  view(): View;
  setScheme(scheme: Scheme): void;
  /** The part of the map that panels cover. */
  setPadding(padding: Padding): void;
  jumpTo(center: Position): void;
  easeTo(camera: { center?: Position; zoom?: number; bearing?: number }): void;
  /** Whether the camera is on its way or in the user's hand. */
  isBusy(): boolean;
  /** An element that stays on a place, by the middle of its lower edge. @returns a function that removes it */
  pin(element: HTMLElement, at: Position): () => void;
  /** One that the user may put elsewhere, also by the arrow keys. @param onMoved where it was let go */
  draggablePin(element: HTMLElement, at: Position, onMoved: (to: Position) => void): DraggablePin;
  /** With every frame that the map draws. */
  onRender(listener: () => void): void;
  /** The user took hold of the map. */
  onDrag(listener: () => void): void;
  /** The map has come to rest, wherever it was moved to. */
  onRest(listener: () => void): void;
  /** The user hovered at a place. */
  onClick(listener: (at: Position) => void): void;
  /** Where the mouse is over the map, at most once a frame; null when it has left. */
  onHover(listener: (at: Position | null) => void): void;
  destroy(): void;
}

/** As the device wants it. */
export type Scheme = 'light' | 'dark';

export type DraggablePin = { moveTo(at: Position): void; remove(): void };

export type MapOptions = {
  container: HTMLElement;
  /** lies on the map and below its pins */
  overlay: HTMLCanvasElement;
  scheme: Scheme;
  center: Position;
  zoom: number;
  bearing: number;
  padding: Padding;
  label: string;
};
