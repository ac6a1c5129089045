import type { Map as GlMap } from 'maplibre-gl';
import type { Padding, Position, View } from './plane.js';

/** The subset of a map library that the pages use. Each library has one file that implements it. */
export interface MapAdapter {
  /** The map itself, for parts that draw layers of their own; the API that MapLibre and Mapbox GL share. */
  readonly gl: GlMap;
  view(): View;
  setScheme(scheme: Scheme): void;
  /** Sets the part of the map that panels cover. */
  setPadding(padding: Padding): void;
  jumpTo(center: Position, zoom?: number): void;
  easeTo(camera: { center?: Position; zoom?: number; bearing?: number }): void;
  /** Returns whether the camera is moving or the user is dragging it. */
  isBusy(): boolean;
  /** Places an element whose bottom centre stays at a position. @returns a function that removes it */
  pin(element: HTMLElement, at: Position): () => void;
  /** Places an element that the user can move by dragging or with the arrow keys. @param onMoved receives the new position */
  draggablePin(element: HTMLElement, at: Position, onMoved: (to: Position) => void): DraggablePin;
  /** Calls the listener with every frame that the map draws. */
  onRender(listener: () => void): void;
  /** Calls the listener when the user starts to drag the map. */
  onDrag(listener: () => void): void;
  /** Calls the listener when the camera has stopped moving. */
  onRest(listener: () => void): void;
  /** Calls the listener with the position of each click. */
  onClick(listener: (at: Position) => void): void;
  /** Calls the listener with the pointer's position, at most once a frame; null when the pointer leaves the map. */
  onHover(listener: (at: Position | null) => void): void;
  destroy(): void;
}

/** Colour scheme of the device. */
export type Scheme = 'light' | 'dark';

export type DraggablePin = { moveTo(at: Position): void; remove(): void };

export type MapOptions = {
  container: HTMLElement;
  /** canvas above the map and below its pins */
  overlay: HTMLCanvasElement;
  scheme: Scheme;
  center: Position;
  zoom: number;
  bearing: number;
  padding: Padding;
  label: string;
};
