import { bearing, destination, distanceM, type Point } from '#geo';
import { driverOfKey } from '#realtime';
import type { Moment } from './views.js';

/** A name on a rider's screen, from its first sight to its last one; `driverId` is the truth. */
export type Life = { driverId: string; sights: Array<Point & { t: number }> };
/** A guess of an attacker, with the number of cars on the screen at that time. */
export type Guess = { isRight: boolean; among: number };

/** Time within which an attacker expects a car to come back. */
const LONGEST_GAP_MS = 90_000;
/** The same for one who knows for how long cars that change their names are hidden at most. */
const LONGEST_CHANGE_MS = 240_000;
/** Time from the beginning of a slot in which cars that change their names disappear: until they have moved. */
const CHANGING_MS = 20_000;
/** Time over which an attacker measures how a car drives. */
const MEASURED_MS = 30_000;
/** Distance between two places of a car in a city, relative to what it has driven. */
const STRAIGHTNESS = 0.7;

/** Returns the names that one rider saw. A name that leaves the screen and comes back is one life: it links itself. */
export function livesOf(moments: Moment[], rider: number): Life[] {
  const lives = new Map<string, Life>();
  for (const { t, seen } of moments)
    for (const { rider: by, key, lat, lng } of seen) {
      if (by !== rider) continue;
      const life = lives.get(key) ?? { driverId: driverOfKey(key), sights: [] };
      life.sights.push({ t, lat, lng });
      lives.set(key, life);
    }
  return [...lives.values()];
}

export const firstOf = ({ sights }: Life) => sights[0]!;
const lastOf = ({ sights }: Life) => sights.at(-1)!;

/** Returns where a car would be at a time if it went on as in its last half a minute. */
function continuation(life: Life): (t: number) => Point {
  const last = lastOf(life);
  const before = life.sights.find(({ t }) => t >= last.t - MEASURED_MS)!;
  if (before.lat === last.lat && before.lng === last.lng) return () => last;
  const mps = distanceM(before, last) / ((last.t - before.t) / 1_000);
  const course = bearing(before, last);
  return (t) => destination(last, course, (mps * (t - last.t)) / 1_000);
}

/** Each time a car disappears from a screen, the attacker takes the new car that continues its drive best. */
export const linkedByContinuity = (lives: Life[]): Guess[] =>
  lives.flatMap((life) => guessed(life, lives, LONGEST_GAP_MS, straightOn(life)));

/** Returns by how many metres a new car misses the place of one that drives on as before. */
function straightOn(life: Life): (other: Life) => number {
  const placeAt = continuation(life);
  return (other) => distanceM(placeAt(firstOf(other).t), firstOf(other));
}

/** Ways to find a car that changed its name, by an attacker who knows the slots and for how long cars are hidden. */
export const CHANGE_ATTACKS: Record<string, (life: Life, lives: Life[]) => Guess[]> = {
  'drives straight on': (life, lives) => guessed(life, lives, LONGEST_GAP_MS, straightOn(life)),
  'is nearest, soon': (life, lives) => guessed(life, lives, LONGEST_GAP_MS, (other) => stepM(life, other)),
  'is nearest, at any time': (life, lives) =>
    guessed(life, lives, LONGEST_CHANGE_MS, (other) => stepM(life, other)),
  'has come as far as it drives': (life, lives) => {
    const mps = paceOf(life) * STRAIGHTNESS;
    return guessed(life, lives, LONGEST_CHANGE_MS, (other) =>
      Math.abs(stepM(life, other) - (mps * (firstOf(other).t - lastOf(life).t)) / 1_000),
    );
  },
};

/**
 * Returns the cars that disappear where a slot begins, and come back to the same screen under another name: the changes of names
 * without the cars that only leave the screen, which nobody could link.
 */
export function changesOf(lives: Life[], slotMs: number): Life[] {
  return lives.filter((life) => {
    const { t } = lastOf(life);
    const isBack = (other: Life) => {
      const gapMs = firstOf(other).t - t;
      return other.driverId === life.driverId && gapMs > 0 && gapMs <= LONGEST_CHANGE_MS;
    };
    return t % slotMs <= CHANGING_MS && lives.some(isBack);
  });
}

/** Returns the guess that misses least, if any car has appeared. */
function guessed(life: Life, lives: Life[], longestMs: number, missM: (other: Life) => number): Guess[] {
  const candidates = lives.filter((other) => {
    const gapMs = firstOf(other).t - lastOf(life).t;
    return gapMs > 0 && gapMs <= longestMs;
  });
  const guess = nearest(candidates, missM);
  return guess === null ? [] : [guessOf(guess, life.driverId, lives)];
}

const stepM = (life: Life, other: Life): number => distanceM(lastOf(life), firstOf(other));

/** Returns how fast a car drove on the screen, with its stops, m/s. */
function paceOf({ sights }: Life): number {
  const drivenM = sights.reduce((sum, at, i) => sum + (i === 0 ? 0 : distanceM(sights[i - 1]!, at)), 0);
  return drivenM / Math.max(1, (sights.at(-1)!.t - sights[0]!.t) / 1_000);
}

/** Knowing where and when a trip has ended, the attacker takes the new car that fits best to a place not far from there. */
export function linkedAfterTrip(
  lives: Life[],
  { driverId, t, at }: { driverId: string; t: number; at: Point },
  paceMps = 7,
): Guess[] {
  const candidates = lives.filter((life) => firstOf(life).t > t && firstOf(life).t <= t + 5 * 60_000);
  const missM = (life: Life) => {
    const first = firstOf(life);
    return Math.abs(distanceM(at, first) - (paceMps * (first.t - t)) / 2_000);
  };
  const guess = nearest(candidates, missM);
  return guess === null ? [] : [guessOf(guess, driverId, lives)];
}

function guessOf(guess: Life, driverId: string, lives: Life[]): Guess {
  const { t } = firstOf(guess);
  const among = lives.filter((life) => firstOf(life).t <= t && lastOf(life).t >= t).length;
  return { isRight: guess.driverId === driverId, among };
}

function nearest(lives: Life[], missM: (life: Life) => number): Life | null {
  let best: { life: Life; missM: number } | null = null;
  for (const life of lives) {
    const miss = missM(life);
    if (best === null || miss < best.missM) best = { life, missM: miss };
  }
  return best?.life ?? null;
}

/**
 * Returns the number of right guesses, and of those that would be right if each car on the screen were as likely, with the standard
 * deviation of that.
 */
export function scoreOf(guesses: Guess[]): { right: number; byChance: number; deviation: number } {
  const shares = guesses.map(({ among }) => 1 / among);
  return {
    right: guesses.filter(({ isRight }) => isRight).length,
    byChance: shares.reduce((sum, share) => sum + share, 0),
    deviation: Math.sqrt(shares.reduce((sum, share) => sum + share * (1 - share), 0)),
  };
}
