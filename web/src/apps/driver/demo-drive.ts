import { CityCar, manhattan, nearestNode, type StreetPlace, seeded, snap } from '#city';
import { type Fix, isOpen, type Position, type Trip } from '#protocol';
import { store, stored } from '../../shared/live/storage.js';

const STEP_MS = 250;
/** Interval between fixes, ms. */
const FIX_INTERVAL_MS = 1_000;

/**
 * A simulated car with a phone. It cruises until it has a trip, then drives to the pick-up and the destination. After a
 * reload it continues from its last place.
 */
export class DemoDrive {
  readonly #city = manhattan();
  readonly #vehicle: CityCar;
  readonly #key: string;
  #timer: ReturnType<typeof setInterval> | null = null;
  #steppedAt = 0;
  #sinceFixMs = FIX_INTERVAL_MS;
  #goal: Position | null = null;

  /** @param key session storage key of the last place */
  constructor(start: Position, key: string) {
    const random = seeded(Math.floor(start.lat * 1e6) ^ Math.floor(start.lng * 1e6));
    const place = storedPlace(key);
    this.#key = key;
    this.#vehicle =
      (place && CityCar.at(this.#city, place, random)) ??
      new CityCar(this.#city, nearestNode(this.#city, start), random);
  }

  /** Reports one fix per second, as a phone does, until `stop`. */
  start(onFix: (fix: Fix) => void): void {
    this.stop();
    this.#steppedAt = performance.now();
    this.#timer = setInterval(() => this.#step(onFix), STEP_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Drives to the next place of the trip. */
  serve(trip: Trip | null): void {
    const goal = trip !== null && isOpen(trip.state) ? goalOf(trip) : null;
    if (goal?.lat === this.#goal?.lat && goal?.lng === this.#goal?.lng) return;
    this.#goal = goal;
    if (goal !== null) this.#vehicle.driveTo(snap(this.#city, goal));
  }

  #step(onFix: (fix: Fix) => void): void {
    const now = performance.now();
    // Browsers throttle timers of hidden tabs. The limit keeps the car from jumping.
    const elapsedMs = Math.min(now - this.#steppedAt, 2_000);
    this.#steppedAt = now;
    if (this.#goal !== null && this.#vehicle.arrived) this.#vehicle.stand(elapsedMs / 1_000);
    this.#vehicle.step(elapsedMs / 1_000);
    this.#sinceFixMs += elapsedMs;
    if (this.#sinceFixMs < FIX_INTERVAL_MS) return;
    this.#sinceFixMs %= FIX_INTERVAL_MS;
    const { position, heading, speedMps, place } = this.#vehicle;
    store(this.#key, JSON.stringify(place));
    onFix({
      t: Date.now(),
      lat: round(position.lat),
      lng: round(position.lng),
      accuracyM: 5,
      heading,
      speedMps,
    });
  }
}

/** Returns a random corner near the city centre. */
export function randomCorner(): Position {
  const { nodes, center } = manhattan();
  const near = nodes.filter(
    ({ lat, lng }) => Math.abs(lat - center.lat) < 0.012 && Math.abs(lng - center.lng) < 0.012,
  );
  return near[Math.floor(Math.random() * near.length)] ?? center;
}

function storedPlace(key: string): StreetPlace | null {
  try {
    return JSON.parse(stored(key) ?? 'null');
  } catch {
    return null;
  }
}

const goalOf = ({ state, pickup, dropoff }: Trip): Position => (state === 'on_trip' ? dropoff : pickup);

const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
