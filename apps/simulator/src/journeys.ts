import { type City, nearestNode, pick, type Random } from '#city';
import { distanceM, type Point } from '#geo';

const MIN_TRIP_M = 900;
const MAX_TRIP_M = 6_000;

/** Chooses pick-up and destination at two street corners 0.9 to 6 km apart. */
export function chooseJourney(city: City, random: Random): { pickup: Point; dropoff: Point } {
  const pickup = anyPlace(city, random);
  return { pickup, dropoff: placeNear(pickup, city, random) };
}

function anyPlace(city: City, random: Random): Point {
  const { lat, lng } = pick(random, city.nodes);
  return { lat, lng };
}

function placeNear(from: Point, city: City, random: Random): Point {
  for (let i = 0; i < 50; i += 1) {
    const place = anyPlace(city, random);
    const distance = distanceM(from, place);
    if (distance >= MIN_TRIP_M && distance <= MAX_TRIP_M) return place;
  }
  const { lat, lng } = city.nodes[nearestNode(city, city.center)]!;
  return { lat, lng };
}
