import { manhattan, nearestNode } from '#city';
import { distanceM } from '#geo';
import type { Position } from '#protocol';

export type Landmark = Position & { name: string };

/** Well-known places of the demo city, each at a corner where a car can stop. */
export const LANDMARKS: readonly Landmark[] = [
  { name: 'Times Square', lat: 40.75794, lng: -73.98557 },
  { name: 'Grand Central', lat: 40.75307, lng: -73.97792 },
  { name: 'Penn Station', lat: 40.75149, lng: -73.99395 },
  { name: 'Columbus Circle', lat: 40.76807, lng: -73.98184 },
  { name: 'Union Square', lat: 40.73591, lng: -73.99126 },
  { name: 'Lincoln Center', lat: 40.7724, lng: -73.98248 },
  { name: 'The Met', lat: 40.77896, lng: -73.96229 },
  { name: 'Washington Square', lat: 40.73135, lng: -73.997 },
  { name: 'City Hall', lat: 40.71216, lng: -74.00553 },
];

/** First place of the pick-up pin: Bryant Park, in the middle of the fleet. */
export const START: Position = { lat: 40.75415, lng: -73.98464 };

/** A place within this distance of a landmark gets its name, m. */
const LANDMARK_RADIUS_M = 40;

/** Returns the name of the landmark at a place, or of the nearest street corner. */
export function nameOf(place: Position): string {
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
