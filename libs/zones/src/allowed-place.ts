import { bearing, destination, distanceM, type Point } from '#geo';
import { regionsAround } from '#geo/cells';
import type { Zone, ZoneKind, ZoneOf } from '#protocol';
import type { IndexedZone, ZoneIndex } from './zone-index.js';

/** Use of a place. */
export type Purpose = 'pickup' | 'dropoff';

export type PlaceRefusal = {
  code:
    | 'OUTSIDE_SERVICE_AREA'
    | 'DROPOFF_OUTSIDE_SERVICE_AREA'
    | 'NO_PICKUP_HERE'
    | 'NO_DROPOFF_HERE'
    | 'PICKUP_POINT_REQUIRED';
  /** zone that the place is in, or null outside of every service area */
  zone: Zone | null;
};

/** Nearest allowed place, with its name if it is a named pick-up point. */
export type AllowedPlace = Point & { name: string | null };

/** Distance to a named pick-up point within which a place counts as the point itself, metres. */
const AT_POINT_M = 15;
/** Distance by which a proposed place is moved beyond a border, metres. */
const INSET_M = 5;
/** Maximum number of zones whose borders are followed. */
const MAX_ZONES = 20;
/** Places along each border that are looked at. */
const SAMPLES = 300;

/** Returns why a place may not be used, or null if it may. */
export function refusalAt(index: ZoneIndex, place: Point, purpose: Purpose): PlaceRefusal | null {
  const here = index.at(place).map(({ zone }) => zone);
  const isServed = here.some(({ kind }) => kind === 'service_area') || !needsServiceArea(index, place);
  if (!isServed)
    return {
      code: purpose === 'pickup' ? 'OUTSIDE_SERVICE_AREA' : 'DROPOFF_OUTSIDE_SERVICE_AREA',
      zone: null,
    };
  if (purpose === 'dropoff') {
    const zone = ofKind(here, 'no_dropoff')[0];
    return zone === undefined ? null : { code: 'NO_DROPOFF_HERE', zone };
  }
  const [forbidden] = ofKind(here, 'no_pickup');
  if (forbidden !== undefined) return { code: 'NO_PICKUP_HERE', zone: forbidden };
  const withPoints = ofKind(here, 'pickup_points').filter((zone) => nearestPoint(zone, place) !== null);
  if (withPoints.length === 0) return null;
  const isAtPoint = withPoints.some(({ rules }) =>
    rules.points.some((point) => distanceM(point, place) <= AT_POINT_M),
  );
  return isAtPoint ? null : { code: 'PICKUP_POINT_REQUIRED', zone: withPoints[0]! };
}

/**
 * Returns the nearest allowed place among named points and places along the borders of the zones that forbid it, and of
 * those that forbid the places found so far; null if there is none.
 */
export function nearestAllowed(index: ZoneIndex, place: Point, purpose: Purpose): AllowedPlace | null {
  let best: AllowedPlace | null = null;
  const zones = new Set(deciding(index, place, purpose));
  // A set is iterated in order of insertion, including what is added meanwhile.
  for (const zone of zones)
    for (const found of placesBeside(zone, place)) {
      if (best !== null && distanceM(place, found) >= distanceM(place, best)) continue;
      if (refusalAt(index, found, purpose) === null) best = found;
      else if (zones.size < MAX_ZONES) for (const next of deciding(index, found, purpose)) zones.add(next);
    }
  return best;
}

/** Returns the zones whose borders or points a refused place must go to. */
function deciding(index: ZoneIndex, place: Point, purpose: Purpose): IndexedZone[] {
  const refusal = refusalAt(index, place, purpose);
  if (refusal === null) return [];
  if (refusal.zone === null)
    return index.zones
      .filter(({ zone }) => zone.kind === 'service_area')
      .map((each) => ({ each, awayM: distanceM(place, each.border.nearest(place)) }))
      .sort((a, b) => a.awayM - b.awayM)
      .slice(0, MAX_ZONES / 2)
      .map(({ each }) => each);
  return index.at(place).filter(({ zone }) => zone.kind === refusal.zone?.kind);
}

/** Places on both sides of a zone's border, the nearest first, and its named points. */
function placesBeside({ border, zone }: IndexedZone, place: Point): AllowedPlace[] {
  if (zone.kind === 'pickup_points')
    return zone.rules.points.map(({ lat, lng, name }) => ({ lat, lng, name }));
  const nearest = border.nearest(place);
  const heading = distanceM(place, nearest) < 0.1 ? 0 : bearing(place, nearest);
  const along = border
    .sampled(SAMPLES)
    .flatMap(({ at, heading: ahead }) => [
      destination(at, ahead + 90, INSET_M),
      destination(at, ahead - 90, INSET_M),
    ]);
  return [destination(nearest, heading, INSET_M), ...along].map((each) => ({ ...each, name: null }));
}

/** Returns the nearest named point of a zone within walking distance, or null. */
export function nearestPoint({ rules }: ZoneOf<'pickup_points'>, place: Point): AllowedPlace | null {
  const byDistance = rules.points
    .map((point) => ({ point, awayM: distanceM(point, place) }))
    .filter(({ awayM }) => awayM <= rules.maxWalkM)
    .sort((a, b) => a.awayM - b.awayM);
  const [nearest] = byDistance;
  return nearest === undefined
    ? null
    : { lat: nearest.point.lat, lng: nearest.point.lng, name: nearest.point.name };
}

/** Returns the largest factor of the `surge` zones that contain a place; 1 without any. */
export const surgeAt = (index: ZoneIndex, place: Point): number =>
  ofKind(
    index.at(place).map(({ zone }) => zone),
    'surge',
  ).reduce((largest, { rules }) => Math.max(largest, rules.factor), 1);

/** Returns the `queue` zone that serves a pick-up, the first by id where several overlap; null without any. */
export function queueZoneAt(index: ZoneIndex, place: Point): IndexedZone | null {
  const queues = index.at(place).filter(({ zone }) => zone.kind === 'queue');
  return queues.sort((a, b) => (a.zone.id < b.zone.id ? -1 : 1))[0] ?? null;
}

/**
 * Whether a place is served only inside a service area: its region or a neighbouring one has one. A city elsewhere that has
 * published none is served everywhere.
 */
function needsServiceArea({ zones }: ZoneIndex, place: Point): boolean {
  const regions = new Set(regionsAround(place));
  return zones.some(({ region, zone }) => zone.kind === 'service_area' && regions.has(region));
}

const ofKind = <K extends ZoneKind>(zones: Zone[], kind: K): ZoneOf<K>[] =>
  zones.filter((zone): zone is ZoneOf<K> => zone.kind === kind);
