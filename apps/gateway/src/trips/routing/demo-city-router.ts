import {
  type Drive,
  directionsOf,
  drive,
  lineOf,
  manhattan,
  type StreetPlace,
  type StreetPoint,
  snap,
} from '#city';
import { bearing, type Point, turnBetween } from '#geo';
import type { Estimate, Position } from '#protocol';
import { type Route, type Router, type Start, straightLine, whole } from './router.js';

/** A car or a place farther from every street than this is not in the city, metres. */
const MAX_AWAY_M = 500;

/** Routes along the streets of the demo city; outside of it, estimates by the straight line. */
export class DemoCityRouter implements Router {
  readonly #city = manhattan();

  async estimates(starts: Start[], to: Point): Promise<Estimate[]> {
    const goal = this.#at(to);
    return starts.map((start) => {
      const from = goal === null ? null : this.#from(start);
      if (goal === null || from === null) return straightLine(start, to);
      return timed(drive(this.#city, from, goal), start);
    });
  }

  async route(start: Start, to: Point): Promise<Route | null> {
    const [from, goal] = [this.#from(start), this.#at(to)];
    if (from === null || goal === null) return null;
    const found = drive(this.#city, from, goal);
    return { ...timed(found, start), line: lineOf(this.#city, from, found) };
  }

  async nearest(place: Point): Promise<Position & { awayM: number }> {
    const { lat, lng, awayM } = snap(this.#city, place);
    return { lat, lng, awayM };
  }

  #at(place: Point): StreetPoint | null {
    const point = snap(this.#city, place);
    return point.awayM > MAX_AWAY_M ? null : point;
  }

  /** The place of a car in the direction in which it drives. */
  #from(start: Start): StreetPlace | null {
    const place = this.#at(start);
    const { heading } = start;
    if (place === null || heading === undefined) return place;
    const { nodes } = this.#city;
    const off = ({ from, to }: StreetPlace) =>
      Math.abs(turnBetween(bearing(nodes[from]!, nodes[to]!), heading));
    return directionsOf(this.#city, place).reduce((best, each) => (off(each) < off(best) ? each : best));
  }
}

const timed = ({ lengthM }: Drive, { paceMps }: Start): Estimate =>
  whole(lengthM, lengthM / paceMps, 'demo_city');
