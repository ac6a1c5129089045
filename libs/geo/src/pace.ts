import { distanceM } from './distance.js';
import { noiseRadiusM, reachable, type Sighting } from './plausible.js';

/** Assumed pace, and the seconds of driving that it counts as. */
export type PriorPace = { paceMps: number; weightS: number };

/** 25 km/h. Recorded taxi trips in New York: 6.0 m/s with all their stops, 8.1 m/s without pauses of over a minute. */
export const CITY_PACE: PriorPace = { paceMps: 7, weightS: 120 };
/** Legs that took longer are not counted: the driver was waiting or had no signal, which says nothing about the traffic. */
const LONGEST_LEG_S = 60;
/** 7 km/h: a slower driver is looking for an address, not stuck in traffic. */
const MIN_PACE_MPS = 2;
/** 108 km/h: nobody crosses a city faster, whatever a motorway allows for a minute. */
const MAX_PACE_MPS = 30;

/**
 * Returns the recent pace of a driver, m/s, including red lights: metres divided by seconds from place to place, each
 * outside the noise of the one before, blended with the usual pace of a city as if the driver had driven that earlier.
 * @param fixes the latest fixes of a driver, in order of time
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
