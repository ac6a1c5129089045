import type { MapAdapter } from '../../../shared/map/adapter.js';
import type { Position } from '../../../shared/map/plane.js';

/** Name above the vehicle under the pointer or the keyboard cursor. */
export class HoverLabel {
  #remove: (() => void) | null = null;

  constructor(private readonly map: MapAdapter) {}

  /** Shows the name of a vehicle where it is now; null for none. */
  show(vehicle: (Position & { id: string }) | null): void {
    this.#remove?.();
    this.#remove = null;
    if (vehicle === null) return;
    const element = document.createElement('div');
    element.className = 'map-label';
    // Otherwise the library labels it as a button named 'Map marker'.
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', vehicle.id);
    element.textContent = vehicle.id;
    this.#remove = this.map.pin(element, vehicle);
  }
}
