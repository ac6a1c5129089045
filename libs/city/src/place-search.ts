import { distanceM, type Point } from '#geo';
import { LANDMARKS } from './landmarks.js';
import type { City } from './types.js';

/** Place that a search has found; `detail` distinguishes streets and corners. */
export type CityPlace = Point & { name: string; detail: string };

/** Searched place: the words of its name, and its points, of which the nearest one is offered. */
type Entry = { name: string; detail: string; words: string[]; points: Point[] };

/** Words that are written in several ways. */
const SAME: Record<string, string> = {
  st: 'street',
  ave: 'avenue',
  av: 'avenue',
  blvd: 'boulevard',
  dr: 'drive',
  pl: 'place',
  sq: 'square',
  w: 'west',
  e: 'east',
  and: '',
  at: '',
};

/** Finds landmarks, parks, streets and corners of a city by the words of a text, the last of which may be incomplete. */
export class PlaceIndex {
  /** in the order in which they are offered */
  readonly #groups: Entry[][];

  constructor(city: City) {
    const landmarks = LANDMARKS.map(({ name, lat, lng }) => entry(name, 'Landmark', [{ lat, lng }]));
    const parks = city.parks.map(({ name, rings }) => entry(name, 'Park', rings[0]!.map(pointOf)));
    const streets = new Map<string, Point[]>();
    const corners = new Map<string, Point[]>();
    for (const { lat, lng, edges } of city.nodes) {
      const names = [...new Set(edges.map(({ road }) => city.roads[road]!.name))].sort();
      for (const name of names) push(streets, name, { lat, lng });
      for (const [i, name] of names.entries())
        for (const other of names.slice(i + 1)) push(corners, `${name} & ${other}`, { lat, lng });
    }
    const all = (found: Map<string, Point[]>, detail: string) =>
      [...found].map(([name, points]) => entry(name, detail, points));
    this.#groups = [landmarks, parks, all(streets, 'Street'), all(corners, 'Corner')];
  }

  /** Returns matching places: landmarks, parks, streets, then corners, each the nearest to a place first. */
  find(text: string, near: Point, limit: number): CityPlace[] {
    const wanted = wordsOf(text);
    if (wanted.length === 0) return [];
    return this.#groups
      .flatMap((group) =>
        group
          .filter(({ words }) => wanted.every((word) => words.some((other) => other.startsWith(word))))
          .map(({ name, detail, points }) => ({ name, detail, ...nearest(points, near) }))
          .sort((a, b) => distanceM(a, near) - distanceM(b, near))
          .slice(0, limit),
      )
      .slice(0, limit);
  }
}

const entry = (name: string, detail: string, points: Point[]): Entry => ({
  name,
  detail,
  words: wordsOf(name),
  points,
});

/** Lower case, without accents, punctuation and abbreviations; 42 and 42nd begin alike. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}|['’.]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((word) => SAME[word] ?? word)
    .filter((word) => word !== '');

const nearest = (points: Point[], to: Point): Point =>
  points.reduce((best, point) => (distanceM(point, to) < distanceM(best, to) ? point : best));

const pointOf = (lngLat: number[]): Point => ({ lat: lngLat[1]!, lng: lngLat[0]! });

const push = (map: Map<string, Point[]>, key: string, point: Point): void => {
  const points = map.get(key);
  if (points === undefined) map.set(key, [point]);
  else points.push(point);
};
