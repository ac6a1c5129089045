import { distanceM } from '#geo';
import type { Position } from '#protocol';

const REACH_M = 2_400;
const DROPOFF_REACH_M = 3_400;
const MIN_TRIP_M = 1_500;
const MAX_TRIP_M = 4_000;

/** A pick-up near the middle of the city and a drop-off 1.5 to 4 km from it, both on street corners. */
export function choosePlaces(
  corners: readonly Position[],
  center: Position,
  random: () => number,
): { pickup: Position; dropoff: Position } | null {
  const any = (places: readonly Position[]) => places[Math.floor(random() * places.length)];
  const pickup = any(corners.filter((corner) => distanceM(corner, center) < REACH_M));
  if (pickup === undefined) return null;
  const dropoff = any(
    corners.filter((corner) => {
      const away = distanceM(corner, pickup);
      return away >= MIN_TRIP_M && away <= MAX_TRIP_M && distanceM(corner, center) < DROPOFF_REACH_M;
    }),
  );
  return dropoff === undefined ? null : { pickup: plain(pickup), dropoff: plain(dropoff) };
}

const plain = ({ lat, lng }: Position): Position => ({ lat, lng });
