import { LANDMARKS, manhattan, nearestNode } from '#city';
import { distanceM } from '#geo';
import type { Position } from '#protocol';

export { LANDMARKS };

/** First place of the pick-up pin: Bryant Park, in the middle of the fleet. */
export const START: Position = { lat: 40.75415, lng: -73.98464 };

/** A place within this distance of a landmark gets its name, m. */
const LANDMARK_RADIUS_M = 40;

/** Names of places that were found by text, by their coordinates. */
const found = new Map<string, string>();
const keyOf = ({ lat, lng }: Position): string => `${lat},${lng}`;

/** Keeps the name of a place, which then has it wherever it is shown. */
export const keepName = (place: Position, name: string): unknown => found.set(keyOf(place), name);

/** Returns the name of a place: the one by which it was found, the landmark there, or the nearest street corner. */
export function nameOf(place: Position): string {
  const known = found.get(keyOf(place));
  if (known !== undefined) return known;
  if (!isInCity(place)) return `${place.lat.toFixed(4)}, ${place.lng.toFixed(4)}`;
  const landmark = LANDMARKS.find((one) => distanceM(one, place) < LANDMARK_RADIUS_M);
  if (landmark !== undefined) return landmark.name;
  const { nodes, roads } = manhattan();
  const { edges } = nodes[nearestNode(manhattan(), place)]!;
  const streets = [...new Set(edges.map(({ road }) => roads[road]!.name))];
  return streets.slice(0, 2).map(short).join(' & ');
}

const short = (street: string): string =>
  street.replace('Avenue', 'Ave').replace('Street', 'St').replace('West ', 'W ').replace('East ', 'E ');

/** Whether a place is inside the demo city. */
export function isInCity({ lat, lng }: Position): boolean {
  const [west, south, east, north] = manhattan().bounds;
  return lng >= west && lng <= east && lat >= south && lat <= north;
}
