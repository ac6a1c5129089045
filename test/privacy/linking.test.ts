import { describe, expect, test } from 'vitest';
import { CityCar, manhattan, nearestNode, seeded } from '#city';
import { destination, distanceM, type Point } from '#geo';
import { driverOfKey } from '#realtime';
import type { Change, DriverEvent } from '#store';
import { recordedTracks } from '../fixtures/tracks.js';
import {
  CHANGE_ATTACKS,
  changesOf,
  type Guess,
  linkedAfterTrip,
  linkedByContinuity,
  livesOf,
  scoreOf,
} from './linking.js';
import { type Eyes, type Moment, plainRidersAt, replayed, ridersAt } from './views.js';

/** Length of the slots in which cars change their names. */
const SLOT_MS = 180_000;
/** the beginning of a slot */
const T = 10_000_000 * SLOT_MS;
const MINUTE_MS = 60_000;
const FIX_MS = 3_000;

type Trip = { driverId: string; t: number; at: Point };
/** `isSparse`: it has a few of the cars of its city, so that some screens get hardly a new car in minutes. */
type Recording = { name: string; events: DriverEvent[]; trips: Trip[]; centre: Point; isSparse: boolean };

/** Cars that drive around in the middle of a city; each third one has a trip in between. */
function cityRecording(cars: number, minutes: number): Recording {
  const random = seeded(5);
  const city = manhattan();
  const near = city.nodes.filter((node) => distanceM(node, city.center) < 2_000);
  const events: DriverEvent[] = [];
  const trips: Trip[] = [];
  for (let i = 0; i < cars; i += 1) {
    const driverId = `car-${i}`;
    const car = new CityCar(city, nearestNode(city, near[Math.floor(random() * near.length)]!), random);
    const phaseMs = Math.floor(random() * FIX_MS);
    const tripFromMs = i % 3 === 0 ? (0.2 + 0.3 * random()) * minutes * MINUTE_MS : Number.POSITIVE_INFINITY;
    const tripToMs = tripFromMs + 4 * MINUTE_MS;
    let step = 0;
    for (let ms = phaseMs; ms < minutes * MINUTE_MS; ms += FIX_MS) {
      car.step(FIX_MS / 1_000);
      const t = T + ms;
      const change = ms >= tripToMs ? 2 : ms >= tripFromMs ? 1 : 0;
      if (change > step) {
        const to: Change = change === 1 ? 'trip:begun' : 'trip:over';
        events.push({ driverId, receivedAt: t, change: to, order: t * 1_000 });
        if (change === 2) trips.push({ driverId, t, at: car.position });
        step = change;
      }
      events.push({ driverId, receivedAt: t, fix: { t, ...car.position } });
    }
  }
  events.sort((a, b) => a.receivedAt - b.receivedAt);
  return { name: `${cars} cars of the demo city`, events, trips, centre: city.center, isSparse: false };
}

/** Recorded taxi trips, which all begin within two minutes: the recording has only a few of the taxis of its city. */
function recordedTaxis(): Recording | null {
  const tracks = recordedTracks('nyc-trips');
  if (tracks === null) return null;
  const random = seeded(3);
  const events = [...tracks].flatMap(([driverId, fixes]) => {
    const offset = T + Math.floor(random() * 2 * MINUTE_MS) - fixes[0]!.t;
    return fixes.map(({ t, lat, lng }): DriverEvent => {
      const at = t + offset;
      return { driverId, receivedAt: at, fix: { t: at, lat, lng } };
    });
  });
  events.sort((a, b) => a.receivedAt - b.receivedAt);
  return { name: 'recorded taxis', events, trips: [], centre: { lat: 40.745, lng: -73.985 }, isSparse: true };
}

const pinsAround = (centre: Point, count: number) =>
  Array.from({ length: count }, (_, i) => destination(centre, (i * 360) / count, 700));

const watch = (events: DriverEvent[], eyes: Eyes, seed = 9): Moment[] => [
  ...replayed(events, eyes, seeded(seed)),
];
/** The same recording with other times and distances for which cars are hidden. */
const SEEDS = [9, 10, 11, 12];
/** Share of changes that are found in a sparse recording, at most. */
const SPARSE_SHARE = 0.25;

const RECORDINGS = [cityRecording(200, 22), recordedTaxis()].filter((recording) => recording !== null);

/** Returns what a run has measured, for docs/privacy.md. */
function lineOf(what: string, guesses: Guess[]): string {
  const { right, byChance } = scoreOf(guesses);
  return `${what}: ${right} of ${guesses.length}, by chance ${byChance.toFixed(1)}`;
}

/** No better than if each car on the screen were as likely, within what luck explains. */
function expectChance(what: string, guesses: Guess[], atLeast: number): void {
  const { right, byChance, deviation } = scoreOf(guesses);
  console.log(lineOf(what, guesses));
  expect(guesses.length).toBeGreaterThan(atLeast);
  expect(right).toBeLessThanOrEqual(byChance + 3 * deviation);
}

describe.each(RECORDINGS)('among $name', ({ name, events, trips, centre, isSparse }) => {
  const pins = pinsAround(centre, 4);
  const moments = watch(events, ridersAt(pins));
  const views = pins.map((_, rider) => livesOf(moments, rider));

  test('a rider sees the nearest twelve cars at most, and some all the time', () => {
    const late = moments.slice(40, -60);
    const counts = late.flatMap(({ seen }) =>
      pins.map((_, i) => seen.filter(({ rider }) => rider === i).length),
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(12);
    expect(counts.filter((count) => count >= 4).length / counts.length).toBeGreaterThan(0.8);
  });

  test('a car that disappears is linked to the one that continues its drive no better than by chance', () => {
    expectChance(name, views.flatMap(linkedByContinuity), 300);
    // The same attacker, when cars are where they are and change their names in passing.
    const plain = watch(events, plainRidersAt(pins.slice(0, 1)));
    const { right, byChance, deviation } = scoreOf(linkedByContinuity(livesOf(plain, 0)));
    expect(right).toBeGreaterThan(byChance + 5 * deviation);
  });

  test('a car that changes its name is found again no more often than by chance, however it is looked for', () => {
    const screens = SEEDS.flatMap((seed) => {
      const seen = watch(events, ridersAt(pins), seed);
      return pins.map((_, rider) => livesOf(seen, rider));
    });
    for (const [attack, guess] of Object.entries(CHANGE_ATTACKS)) {
      const guesses = screens.flatMap((lives) =>
        changesOf(lives, SLOT_MS).flatMap((life) => guess(life, lives)),
      );
      const { right, byChance, deviation } = scoreOf(guesses);
      const line = lineOf(`${name}, the one that ${attack}`, guesses);
      console.log(line);
      expect(guesses.length, line).toBeGreaterThan(150);
      const bound = isSparse ? SPARSE_SHARE * guesses.length : byChance + 3 * deviation;
      expect(right, line).toBeLessThanOrEqual(bound);
    }
  }, 120_000);

  test('riders at one place have no name in common, and no order of their names says which are the same car', () => {
    const both = watch(events, ridersAt([centre, centre])).slice(40);
    const guesses = both
      .filter((_, i) => i % 12 === 0)
      .flatMap(({ seen }): Guess[] => {
        const [ours, theirs] = [0, 1].map((i) =>
          seen.filter(({ rider }) => rider === i).sort((a, b) => (a.name < b.name ? -1 : 1)),
        ) as [typeof seen, typeof seen];
        const names = new Set(ours.map(({ name }) => name));
        expect(theirs.filter(({ name }) => names.has(name))).toEqual([]);
        return ours.slice(0, theirs.length).map(({ key }, i) => ({
          isRight: theirs[i]!.key === key,
          among: theirs.length,
        }));
      });
    expectChance(`${name}, by the order of names`, guesses, 100);
  });

  test.runIf(trips.length > 0)('the car of a driver is not found again after a trip, by anybody', () => {
    const some = trips.slice(0, 30);
    const around = watch(events, ridersAt(some.map(({ at }) => at)));
    expectChance(
      `${name}, after a trip`,
      some.flatMap((trip, rider) => linkedAfterTrip(livesOf(around, rider), trip)),
      20,
    );
  });

  test.runIf(trips.length > 0)('a former rider does not see the car of its driver at all', () => {
    const trip = trips[0]!;
    const isOmitted = (pin: number, driverId: string) => pin === 0 && driverId === trip.driverId;
    const around = watch(events, ridersAt([trip.at, trip.at], isOmitted));
    const seenBy = (pin: number) =>
      around.some(({ t, seen }) =>
        seen.some(({ rider, key }) => t > trip.t && rider === pin && driverOfKey(key) === trip.driverId),
      );
    expect(seenBy(0)).toBe(false);
  });
});
