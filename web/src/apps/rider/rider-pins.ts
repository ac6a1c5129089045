import type { MapAdapter } from '../../shared/map/adapter.js';
import type { PinKind } from '../../shared/map/pins.js';
import { pinElement } from '../../shared/map/pins.js';
import type { Position } from '../../shared/map/plane.js';
import { PINS, TEXTS } from './texts.js';

type Shown = {
  element: HTMLElement;
  at: Position;
  isDraggable: boolean;
  moveTo: (at: Position) => void;
  remove: () => void;
};

/** Pins of the pick-up and the destination, draggable until a car is requested. */
export class RiderPins {
  readonly #shown = new Map<PinKind, Shown>();

  /** @param onMoved called after the rider dragged a pin */
  constructor(
    private readonly map: MapAdapter,
    private readonly onMoved: (kind: PinKind, to: Position) => void,
  ) {}

  /** @returns whether the pin moved or appeared */
  show(kind: PinKind, at: Position | null, isDraggable: boolean): boolean {
    const known = this.#shown.get(kind);
    if (at === null || (known !== undefined && known.isDraggable !== isDraggable)) {
      known?.remove();
      this.#shown.delete(kind);
    }
    if (at === null) return false;
    const shown = this.#shown.get(kind);
    if (shown === undefined) {
      this.#shown.set(kind, isDraggable ? this.#draggable(kind, at) : this.#fixed(kind, at));
      return known?.at !== at;
    }
    if (shown.at === at) return false;
    shown.moveTo(at);
    shown.at = at;
    return true;
  }

  /** Shows waves around the pick-up. */
  setSearching(isSearching: boolean): void {
    this.#shown.get('pickup')?.element.classList.toggle('is-searching', isSearching);
  }

  #draggable(kind: PinKind, at: Position): Shown {
    const element = pinElement(kind, PINS[kind]);
    element.classList.add('pin-draggable');
    element.setAttribute('role', 'button');
    element.setAttribute('aria-label', TEXTS.movePin(PINS[kind]));
    const { moveTo, remove } = this.map.draggablePin(element, at, (to) => this.onMoved(kind, to));
    return { element, at, isDraggable: true, moveTo, remove };
  }

  #fixed(kind: PinKind, at: Position): Shown {
    const element = pinElement(kind, PINS[kind]);
    let remove = this.map.pin(element, at);
    const moveTo = (to: Position) => {
      remove();
      remove = this.map.pin(element, to);
    };
    return { element, at, isDraggable: false, moveTo, remove: () => remove() };
  }
}
