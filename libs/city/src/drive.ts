import type { Point } from '#geo';
import { route } from './route.js';
import { positionAt } from './snap.js';
import type { City, Edge, StreetPlace } from './types.js';

/** Way from a place on a street to another: the crossings between them, and the goal in the direction in which it is reached. */
export type Drive = { nodes: number[]; goal: StreetPlace; lengthM: number; seconds: number };

/** Finds the fastest way from a place on a street, in the direction of travel, to another. It may end in either direction. */
export function drive(city: City, start: StreetPlace, goal: StreetPlace): Drive {
  const ways = directionsOf(city, goal).map((goal) => driveTo(city, start, goal));
  return ways.reduce((best, way) => (way.seconds < best.seconds ? way : best));
}

/** The same place in each direction in which its street may be driven. */
export function directionsOf(city: City, place: StreetPlace): StreetPlace[] {
  const back = edgeOf(city, place.to, place.from);
  if (back === undefined) return [place];
  return [place, { from: place.to, to: place.from, alongM: Math.max(0, back.lengthM - place.alongM) }];
}

/** Returns the line of a drive, from its start to its goal. */
export function lineOf(city: City, start: StreetPlace, { nodes, goal }: Drive): Point[] {
  const crossings = nodes.map((id) => ({ lat: city.nodes[id]!.lat, lng: city.nodes[id]!.lng }));
  return [positionAt(city, start), ...crossings, positionAt(city, goal)];
}

const edgeOf = (city: City, from: number, to: number): Edge | undefined =>
  city.nodes[from]?.edges.find((edge) => edge.to === to);

function driveTo(city: City, start: StreetPlace, goal: StreetPlace): Drive {
  const first = edgeOf(city, start.from, start.to)!;
  if (start.from === goal.from && start.to === goal.to && start.alongM <= goal.alongM) {
    const lengthM = goal.alongM - start.alongM;
    return { nodes: [], goal, lengthM, seconds: lengthM / first.speedMps };
  }
  const nodes = route(city, start.to, goal.from);
  const whole = { lengthM: first.lengthM - start.alongM + goal.alongM, seconds: 0 };
  whole.seconds =
    (first.lengthM - start.alongM) / first.speedMps +
    goal.alongM / edgeOf(city, goal.from, goal.to)!.speedMps;
  for (let i = 1; i < nodes.length; i++) {
    const { lengthM, speedMps } = edgeOf(city, nodes[i - 1]!, nodes[i]!)!;
    whole.lengthM += lengthM;
    whole.seconds += lengthM / speedMps;
  }
  return { nodes, goal, ...whole };
}
