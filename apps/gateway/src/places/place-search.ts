import { manhattan, PlaceIndex } from '#city';
import type { FoundPlace, Position } from '#protocol';

/** Injection token of the {@link PlaceSearch}. */
export const PLACE_SEARCH = Symbol('place search');

/** Maximum number of places that a search returns. */
export const MAX_FOUND = 8;

/** Search for places by text. */
export interface PlaceSearch {
  /** Returns places whose names match, best first. @throws {ProtocolError} UNAVAILABLE while it does not answer */
  search(text: string, near: Position): Promise<FoundPlace[]>;
}

/** Streets, corners, parks and landmarks of the demo city. */
export class DemoCityPlaces implements PlaceSearch {
  #index: PlaceIndex | undefined;

  async search(text: string, near: Position): Promise<FoundPlace[]> {
    this.#index ??= new PlaceIndex(manhattan());
    return this.#index.find(text, near, MAX_FOUND);
  }
}

/** Finds nothing: no source of places is configured. */
export class NoPlaces implements PlaceSearch {
  async search(): Promise<FoundPlace[]> {
    return [];
  }
}
