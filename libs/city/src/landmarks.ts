import type { Point } from '#geo';

export type Landmark = Point & { name: string };

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
