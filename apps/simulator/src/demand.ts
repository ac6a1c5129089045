import { type City, nearestNode } from '#city';
import { distanceM, type Point } from '#geo';
import { Api, HexfleetError, type TokenSource } from '#sdk';
import { pick, type Random } from './random.js';

const MIN_TRIP_M = 900;
const MAX_TRIP_M = 6_000;
const REACH_M = 1_500;

/** People who want a car: asks for trips at the rate at which the fleet can serve about a third of it at a time. */
export class Demand {
  readonly #api: Api;
  #timer: NodeJS.Timeout | null = null;
  #asked = 0;

  constructor(
    private readonly city: City,
    private readonly random: Random,
    connection: { url: string; token: TokenSource },
  ) {
    this.#api = new Api(connection);
  }

  /** @param perMinute trips asked for */
  start(perMinute: number): void {
    if (perMinute <= 0) return;
    this.#timer = setInterval(() => void this.#ask().catch(() => {}), 60_000 / perMinute);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    const pickup = this.#place();
    const dropoff = this.#placeNear(pickup);
    this.#asked += 1;
    const riderId = `sim-rider-${process.pid}-${this.#asked}`;
    const near = await this.#api.nearbyDrivers({ ...pickup, radiusM: REACH_M, limit: 20 });
    for (const { driverId, status } of near) {
      if (status !== 'available') continue;
      try {
        await this.#api.createTrip({ riderId, driverId, pickup, dropoff });
        return;
      } catch (error) {
        if (!(error instanceof HexfleetError) || error.code !== 'DRIVER_ON_TRIP') throw error;
      }
    }
  }

  #place(): Point {
    const { lat, lng } = pick(this.random, this.city.nodes);
    return { lat, lng };
  }

  #placeNear(from: Point): Point {
    for (let i = 0; i < 50; i += 1) {
      const place = this.#place();
      const distance = distanceM(from, place);
      if (distance >= MIN_TRIP_M && distance <= MAX_TRIP_M) return place;
    }
    return this.city.nodes[nearestNode(this.city, this.city.center)]!;
  }
}
