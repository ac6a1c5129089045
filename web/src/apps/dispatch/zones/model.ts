import type { ReadableAtom, WritableAtom } from 'nanostores';
import type { LngLat, VertexPlace, ZoneKind, ZonePolygon, ZoneRing, ZonesApi } from '#sdk';

/** A zone in a list or on the map: published, or of the draft. */
export type ListedZone = {
  /** unique over all regions */
  key: string;
  region: string;
  id: string;
  name: string;
  kind: ZoneKind;
  polygons: ZonePolygon[];
  rules: object;
  /** user who alone may change it; null if everybody may */
  lockedBy: string | null;
};

export const keyOf = (region: string, id: string): string => `${region}/${id}`;

/** Content of the side column about zones. */
export type Side = 'zone' | 'publish' | 'versions';

/** The zones that the board shows, and which one is selected. */
export type ZonesOnBoard = {
  readonly api: ZonesApi;
  readonly $zones: ReadableAtom<readonly ListedZone[]>;
  /** whether zones are on the map */
  readonly $isShown: WritableAtom<boolean>;
  /** key of the selected zone */
  readonly $selected: WritableAtom<string | null>;
  readonly $side: WritableAtom<Side>;
  select(key: string | null): void;
};

export type Tool = 'select' | 'polygon' | 'rectangle' | 'circle' | 'hole' | 'point';

/** Place of a ring in a zone. */
export type RingPlace = Pick<VertexPlace, 'polygon' | 'ring'>;

/** The map, as the forms of the editor use it. */
export type EditMap = {
  /** shows a whole zone */
  show(zone: { polygons: ZonePolygon[] }): void;
  /** shows a place from near */
  showPlace(at: LngLat): void;
  /** moves the map to a place only if it is out of view */
  reveal(at: LngLat): void;
  /** the middle of the map */
  readonly centre: LngLat;
  /** returns the position some pixels from another one on the screen */
  shifted(from: LngLat, x: number, y: number): LngLat;
  /** draws a ring as it will be while the keyboard moves it; null when it is written */
  nudge(place: RingPlace, moved: { base: ZoneRing; ring: ZoneRing } | null): void;
  /** selects a zone that is in view, so that the map stays where it is */
  selectInView(key: string | null): void;
};
