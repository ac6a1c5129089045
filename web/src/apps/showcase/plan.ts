import { type City, type Drive, directionsOf, drive, manhattan, type StreetPlace, snap } from '#city';
import { bearing, distanceM } from '#geo';
import type { Position } from '#protocol';

/** Distance of the pick-up from the driver, m: far enough to see the car approach. */
const PICKUP_M = [80, 200] as const;
/** Distance of the destination from the pick-up, m. */
const TRIP_M = [150, 260] as const;
/** Longest drive to the pick-up, and with the one to the destination, s: without red lights, and without stops. */
const MAX_APPROACH_S = 25;
const MAX_DRIVE_S = 42;
/** Way of a car from when its place is known until it turns to its goal, m. */
const AHEAD_M = 30;

export type Plan = { pickup: Position; dropoff: Position };

/**
 * Plans a trip of which a visitor sees all within a minute and a half, and whose offer goes to a certain driver.
 * @param others other available drivers
 * @param leadM by how much the driver is nearer to the pick-up than any of them, m
 * @returns null while another driver is too near, or every way is too long
 */
export function planTrip(
  driver: Position & { heading: number },
  others: readonly Position[],
  leadM: number,
  random: () => number = Math.random,
): Plan | null {
  const isNearest = (corner: Position) => {
    const awayM = distanceM(corner, driver);
    return !others.some((other) => distanceM(corner, other) < awayM + leadM);
  };
  const city = manhattan();
  const place = inDirection(city, snap(city, driver), driver.heading);
  const starts = [place, ...ahead(city, place, AHEAD_M)];
  const approach = cornerNear(driver, PICKUP_M, starts, MAX_APPROACH_S, random, isNearest);
  if (approach === null) return null;
  const { corner: pickup, ways } = approach;
  const arrivals = ways.map(({ goal }) => goal);
  const trip = cornerNear(pickup, TRIP_M, arrivals, MAX_DRIVE_S - longest(ways), random);
  return trip === null ? null : { pickup, dropoff: trip.corner };
}

/** Returns a random corner at a distance that is reached in time from each of the places where the car may start. */
function cornerNear(
  from: Position,
  [minM, maxM]: readonly [number, number],
  starts: readonly StreetPlace[],
  maxS: number,
  random: () => number,
  fits: (corner: Position) => boolean = () => true,
): { corner: Position; ways: Drive[] } | null {
  const city = manhattan();
  const corners = city.nodes.filter((corner) => {
    const awayM = distanceM(corner, from);
    return awayM > minM && awayM < maxM && fits(corner);
  });
  const shuffled = corners.map(({ lat, lng }) => ({ corner: { lat, lng }, at: random() }));
  for (const { corner } of shuffled.sort((a, b) => a.at - b.at)) {
    const goal = snap(city, corner);
    const ways = starts.map((start) => drive(city, start, goal));
    if (longest(ways) <= maxS) return { corner, ways };
  }
  return null;
}

const longest = (ways: readonly Drive[]): number => Math.max(...ways.map(({ seconds }) => seconds));

/** Returns a place on a street in the direction in which a car drives there. */
function inDirection(city: City, place: StreetPlace, heading: number): StreetPlace {
  const turnOf = ({ from, to }: StreetPlace) =>
    Math.abs(((bearing(city.nodes[from]!, city.nodes[to]!) - heading + 540) % 360) - 180);
  return directionsOf(city, place).reduce((best, each) => (turnOf(each) < turnOf(best) ? each : best));
}

/** Returns the places that a car reaches after a distance. */
function ahead(city: City, { from, to, alongM }: StreetPlace, m: number): StreetPlace[] {
  const { lengthM } = city.nodes[from]!.edges.find((edge) => edge.to === to)!;
  if (alongM + m < lengthM) return [{ from, to, alongM: alongM + m }];
  const onward = city.nodes[to]!.edges.filter((edge) => edge.to !== from);
  return onward.flatMap((edge) => ahead(city, { from: to, to: edge.to, alongM: 0 }, m - (lengthM - alongM)));
}
