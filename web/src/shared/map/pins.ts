import type { MapAdapter } from './adapter.js';
import type { Position } from './plane.js';

export type PinKind = 'pickup' | 'dropoff';

const SHAPES: Record<PinKind, string> = {
  pickup: '<circle cx="11" cy="11" r="10"/><circle class="hole" cx="11" cy="11" r="3.5"/>',
  dropoff:
    '<rect x="1" y="1" width="20" height="20" rx="4"/><rect class="hole" x="7.5" y="7.5" width="7" height="7" rx="1"/>',
};

/** Places a pin with its name: round for the pick-up, square for the destination. @returns a function that removes it */
export const placePin = (map: MapAdapter, kind: PinKind, name: string, at: Position): (() => void) =>
  map.pin(pinElement(kind, name), at);

/** Returns the element of a pin, for callers that place it themselves. */
export function pinElement(kind: PinKind, name: string): HTMLElement {
  const element = document.createElement('div');
  element.className = `pin pin-${kind}`;
  // Otherwise the library labels it as a button named 'Map marker'.
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', name);
  element.innerHTML = `<span class="pin-name"></span><svg viewBox="0 0 22 34" width="22" height="34" aria-hidden="true">
    <path class="stem" d="M11 20v13"/>${SHAPES[kind]}</svg>`;
  element.querySelector('span')!.textContent = name;
  return element;
}
