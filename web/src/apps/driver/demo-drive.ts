import { manhattan, nearestNode, type StreetPlace, seeded, Vehicle } from '#city';
import { distanceM } from '#geo';
import { type Fix, isOpen, type Position, type Trip } from '#protocol';

const STEP_MS = 250;
const READING_MS = 1_000;
/** Nearer than this it stands at the kerb. */
const THERE_M = 40;

/**
 * A car of the demo city with a phone in it: it cruises, and drives to where its trip wants it. In a page that is loaded
 * anew it goes on where it was.
 */
export class DemoDrive {
  readonly #city = manhattan();
  readonly #vehicle: Vehicle;
  readonly #key: string;
  #timer: ReturnType<typeof setInterval> | null = null;
  #steppedAt = 0;
  #sinceReadingMs = READING_MS;
  #goal: Position | null = null;

  /** @param key what this tab keeps its place by */
  constructor(start: Position, key: string) {
    const random = seeded(Math.floor(start.lat * 1e6) ^ Math.floor(start.lng * 1e6));
    const kept = placeKept(key);
    this.#key = key;
    this.#vehicle =
      (kept && Vehicle.at(this.#city, kept, random)) ??
      new Vehicle(this.#city, nearestNode(this.#city, start), random);
  }

  /** A fix a second, as a phone gives them, until it is stopped. */
  start(onFix: (fix: Fix) => void): void {
    this.stop();
    this.#steppedAt = Date.now();
    this.#timer = setInterval(() => this.#step(onFix), STEP_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Where the trip wants the car now. */
  serve(trip: Trip | null): void {
    const goal = trip !== null && isOpen(trip.state) ? goalOf(trip) : null;
    if (goal?.lat === this.#goal?.lat && goal?.lng === this.#goal?.lng) return;
    this.#goal = goal;
    if (goal !== null) this.#vehicle.driveTo(nearestNode(this.#city, goal));
  }

  #step(onFix: (fix: Fix) => void): void {
    const now = Date.now();
    // A tab in the background is woken seldom: then it drives on in steps of its own length.
    const elapsedMs = Math.min(now - this.#steppedAt, 2_000);
    this.#steppedAt = now;
    if (this.#isThere()) this.#vehicle.stand(elapsedMs / 1_000);
    this.#vehicle.step(elapsedMs / 1_000);
    this.#sinceReadingMs += elapsedMs;
    if (this.#sinceReadingMs < READING_MS) return;
    this.#sinceReadingMs %= READING_MS;
    const { position, heading, speedMps, place } = this.#vehicle;
    sessionStorage.setItem(this.#key, JSON.stringify(place));
    onFix({ t: now, lat: round(position.lat), lng: round(position.lng), accuracyM: 5, heading, speedMps });
  }

  /** The way ends at the street corner next to the place, which may be some metres off. */
  #isThere(): boolean {
    if (this.#goal === null) return false;
    return this.#vehicle.arrived || distanceM(this.#vehicle.position, this.#goal) < THERE_M;
  }
}

/** Somewhere in the middle of the city. */
export function someCorner(): Position {
  const { nodes, center } = manhattan();
  const near = nodes.filter(
    ({ lat, lng }) => Math.abs(lat - center.lat) < 0.012 && Math.abs(lng - center.lng) < 0.012,
  );
  return near[Math.floor(Math.random() * near.length)] ?? center;
}

function placeKept(key: string): StreetPlace | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

const goalOf = ({ state, pickup, dropoff }: Trip): Position => (state === 'on_trip' ? dropoff : pickup);

const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
