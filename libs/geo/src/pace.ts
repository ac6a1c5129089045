import { distanceM } from './distance.js';
import { noiseRadiusM, reachable, type Sighting } from './plausible.js';

/** A pace, and for how many seconds of driving at it the guess stands. */
export type PriorPace = { paceMps: number; weightS: number };

/** 25 km/h. Recorded taxi trips in New York: 6.0 m/s with all their stops, 8.1 m/s without pauses of over a minute. */
export const CITY_PACE: PriorPace = { paceMps: 7, weightS: 120 };
/** Who took longer from one place to the next stood and waited, or was not heard: that tells nothing of the traffic. */
const LONGEST_LEG_S = 60;
/** 7 km/h: slower than that is a driver who looks for an address, not the traffic. */
const MIN_PACE_MPS = 2;
/** 108 km/h: no faster through a city, whatever a motorway allows for a minute. */
const MAX_PACE_MPS = 30;

/**
 * How fast a driver has got along lately, m/s, red lights included: metres over seconds from place to place, each out of
 * the noise of the one before, mixed with the usual pace of a city as if the driver had driven that before.
 * @param fixes the latest ones of a driver, in order of time
 */
export function recentPaceMps(fixes: ReadonlyArray<Sighting>, prior: PriorPace = CITY_PACE): number {
  let metres = prior.paceMps * prior.weightS;
  let seconds = prior.weightS;
  let place = fixes[0];
  for (const fix of fixes) {
    const legM = distanceM(place!, fix);
    if (legM <= noiseRadiusM(place!.accuracyM, fix.accuracyM)) continue;
    const legS = (fix.t - place!.t) / 1000;
    if (legS <= LONGEST_LEG_S && reachable(place!, fix)) {
      metres += legM;
      seconds += legS;
    }
    place = fix;
  }
  return Math.min(MAX_PACE_MPS, Math.max(MIN_PACE_MPS, metres / seconds));
}
