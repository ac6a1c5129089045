import { between, gaussian, pick, type Random, seeded } from '#city';
import { destination, distanceM, type Point, type RawFix } from '#geo';
import { indexCell, regionOf } from '#geo/cells';

/** A driver fix as a processor reads it from the stream; times in epoch ms. */
export type Move = { driverId: string; receivedAt: number; status: 'available' | 'busy'; fix: Fix };
type Fix = Required<RawFix> & { heading: number };

/** 44 × 42 km around New York. */
const BOX = { south: 40.55, north: 40.95, west: -74.25, east: -73.75 };
const CENTRE = { lat: 40.75, lng: -74 };
/**
 * Midtown, downtown, Brooklyn and three airports, each with the standard deviation of the drivers waiting there,
 * metres.
 */
const HOT_SPOTS = [
  { lat: 40.757, lng: -73.985, sigmaM: 1_500 },
  { lat: 40.71, lng: -74.008, sigmaM: 1_200 },
  { lat: 40.68, lng: -73.96, sigmaM: 2_500 },
  { lat: 40.645, lng: -73.785, sigmaM: 800 },
  { lat: 40.773, lng: -73.872, sigmaM: 700 },
  { lat: 40.69, lng: -74.175, sigmaM: 800 },
];
const SHARE_IN_HOT_SPOTS = 0.5;
const SHARE_AVAILABLE = 0.7;
/** Share of queries at random points; the others are near drivers. */
const SHARE_ANYWHERE = 0.2;
/** One in this many drivers crosses the region border back and forth with each fix. */
const ONE_AT_BORDER = 100;
const BORDER_WEST = [250, 270] as const;
const ACROSS_M = 30;
const FIX_EVERY_MS = 4_000;

type Car = { driverId: string; status: Move['status']; t: number; speedMps: number } & Step;
type Step = Point & { heading: number; across: Point | null };

/** Drivers of a large city, half of them in a few hot spots, and the query points. Deterministic for a seed. */
export class City {
  readonly #random: Random;
  readonly #cars: Car[];
  #next = 0;

  constructor(
    private readonly seed: number,
    drivers: number,
  ) {
    this.#random = seeded(seed);
    const t = Date.now() - 3_600_000;
    this.#cars = Array.from({ length: drivers }, (_, i) => ({
      driverId: `driver-${i}`,
      status: this.#random() < SHARE_AVAILABLE ? 'available' : 'busy',
      t,
      speedMps: between(this.#random, 4, 12),
      heading: between(this.#random, 0, 360),
      ...(i % ONE_AT_BORDER === 0 ? atBorder(this.#random) : { ...clustered(this.#random), across: null }),
    }));
  }

  /** Positions of all drivers. */
  now(): Move[] {
    return this.#cars.map(fixOf);
  }

  /** Returns the next fixes, drivers in turn: a short step each, or one across the border. */
  moves(count: number): Move[] {
    return Array.from({ length: count }, () => {
      const car = this.#cars[this.#next]!;
      this.#next = (this.#next + 1) % this.#cars.length;
      this.#step(car);
      return fixOf(car);
    });
  }

  /** Query points; the first ones are always the same. */
  questions(count: number): Point[] {
    const random = seeded(this.seed + 1);
    return Array.from({ length: count }, () =>
      random() < SHARE_ANYWHERE ? anywhere(random) : clustered(random),
    );
  }

  /** Positions of some border-crossing drivers. */
  placesAtBorder(count: number): Point[] {
    return this.#cars
      .filter(({ across }) => across !== null)
      .slice(0, count)
      .map(({ lat, lng }) => ({ lat, lng }));
  }

  #step(car: Car): void {
    car.t += FIX_EVERY_MS;
    const { lat, lng, across } = car;
    if (across !== null) {
      Object.assign(car, across, { across: { lat, lng } });
      return;
    }
    car.heading = (car.heading + 10 * gaussian(this.#random) + 360) % 360;
    Object.assign(car, rounded(destination(car, car.heading, (car.speedMps * FIX_EVERY_MS) / 1_000)));
  }
}

const fixOf = ({ driverId, status, t, lat, lng, heading, speedMps }: Car): Move => ({
  driverId,
  receivedAt: Date.now(),
  status,
  fix: { t, lat, lng, accuracyM: 5, heading, speedMps },
});

function clustered(random: Random): Point {
  if (random() >= SHARE_IN_HOT_SPOTS) return anywhere(random);
  const { sigmaM, ...spot } = pick(random, HOT_SPOTS);
  const north = destination(spot, 0, sigmaM * gaussian(random));
  return rounded(destination(north, 90, sigmaM * gaussian(random)));
}

const anywhere = (random: Random): Point =>
  rounded({
    lat: between(random, BOX.south, BOX.north),
    lng: between(random, BOX.west, BOX.east),
  });

/** Finds two points on either side of the region border, some way out of the city, by bisection. */
function atBorder(random: Random): Point & { across: Point } {
  const home = regionAt(CENTRE);
  let inside: Point = CENTRE;
  let outside = destination(CENTRE, between(random, ...BORDER_WEST), 200_000);
  while (distanceM(inside, outside) > ACROSS_M) {
    const middle = rounded({ lat: (inside.lat + outside.lat) / 2, lng: (inside.lng + outside.lng) / 2 });
    if (regionAt(middle) === home) inside = middle;
    else outside = middle;
  }
  return { ...inside, across: outside };
}

const regionAt = (point: Point): string => regionOf(indexCell(point));

/** Rounds positions as devices send them. */
const rounded = ({ lat, lng }: Point): Point => ({
  lat: Math.round(lat * 1e6) / 1e6,
  lng: Math.round(lng * 1e6) / 1e6,
});
