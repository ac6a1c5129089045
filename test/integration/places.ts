import { destination, type Point } from '#geo';
import { indexCell, regionOf } from '#geo/cells';

/** The place nearest to a point where three regions meet, within 1.5 km. */
export function cornerOfRegions(from: Point): Point {
  for (let meters = 0; ; meters += 1_000) {
    for (let heading = 0; heading < 360; heading += 5) {
      const point = destination(from, heading, meters);
      const around = [0, 60, 120, 180, 240, 300].map((side) => destination(point, side, 1_500));
      if (new Set(around.map((place) => regionOf(indexCell(place)))).size >= 3) return point;
    }
  }
}
