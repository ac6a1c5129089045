import type { MapAdapter } from '../../shared/map/adapter.js';
import { pinElement } from '../../shared/map/pins.js';
import type { Position } from '../../shared/map/plane.js';
import type { PinKind } from './state.js';
import { PINS, TEXTS } from './texts.js';

type Shown = {
  element: HTMLElement;
  at: Position;
  isLoose: boolean;
  moveTo: (at: Position) => void;
  remove: () => void;
};

/** Where the rider gets in and out; loose, to be put elsewhere, until a car is asked for. */
export class RiderPins {
  readonly #shown = new Map<PinKind, Shown>();

  /** @param onMoved the rider has put one somewhere */
  constructor(
    private readonly map: MapAdapter,
    private readonly onMoved: (kind: PinKind, to: Position) => void,
  ) {}

  /** @returns whether it is somewhere new */
  show(kind: PinKind, at: Position | null, isLoose: boolean): boolean {
    const known = this.#shown.get(kind);
    if (at === null || (known !== undefined && known.isLoose !== isLoose)) {
      known?.remove();
      this.#shown.delete(kind);
    }
    if (at === null) return false;
    const shown = this.#shown.get(kind);
    if (shown === undefined) {
      this.#shown.set(kind, isLoose ? this.#loose(kind, at) : this.#fixed(kind, at));
      return known?.at !== at;
    }
    if (shown.at === at) return false;
    shown.moveTo(at);
    shown.at = at;
    return true;
  }

  /** Waves go out from where the rider stands. */
  setSearching(isSearching: boolean): void {
    this.#shown.get('pickup')?.element.classList.toggle('is-searching', isSearching);
  }

  #loose(kind: PinKind, at: Position): Shown {
    const element = pinElement(kind, PINS[kind]);
    element.classList.add('pin-loose');
    element.setAttribute('role', 'button');
    element.setAttribute('aria-label', TEXTS.movePin(PINS[kind]));
    const { moveTo, remove } = this.map.draggablePin(element, at, (to) => this.onMoved(kind, to));
    return { element, at, isLoose: true, moveTo, remove };
  }

  #fixed(kind: PinKind, at: Position): Shown {
    const element = pinElement(kind, PINS[kind]);
    let remove = this.map.pin(element, at);
    const moveTo = (to: Position) => {
      remove();
      remove = this.map.pin(element, to);
    };
    return { element, at, isLoose: false, moveTo, remove: () => remove() };
  }
}
