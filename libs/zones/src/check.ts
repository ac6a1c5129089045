import { distanceM, METRES_PER_DEGREE } from '#geo';
import { middleOf } from '#geo/cells';
import { type LngLat, ZONE_LIMITS, type Zone, type ZonePolygon } from '#protocol';
import { pauses } from './pauses.js';
import { boundsOf, signedArea, unwrapPolygon, unwrapRing, verticesOf } from './ring.js';
import { findSelfContact } from './self-contact.js';

/** Widest extent of a polygon, degrees: beyond, the short way between two positions would be ambiguous. */
const MAX_WIDTH = 179;
/** Highest latitude: nearer to a pole, edges that are straight on a map mean little. */
const MAX_LATITUDE = 89.9;
/** Widest extent of a zone that is published. */
const MAX_EXTENT_KM = 500;
/** Longest distance of a published zone from the middle of its region: zones are not looked for farther away. */
export const MAX_FROM_REGION_KM = 350;

/** Reason why a zone cannot be published or imported. */
export type ZoneProblem = {
  /** reason, in words for a dispatcher */
  reason: string;
  /** where it is wrong, if at one place */
  place?: LngLat;
};

/** A problem of one zone. */
export type ProblemOf = ZoneProblem & { zoneId: string; name: string };

/** Returns what is wrong with the polygons of a zone: too large, degenerate, or crossing themselves or each other's holes. */
export function problemsOfPolygons(polygons: ZonePolygon[]): ZoneProblem[] {
  const vertices = verticesOf(polygons);
  if (vertices > ZONE_LIMITS.verticesPerZone)
    return [{ reason: `has ${vertices} vertices; a zone has at most ${ZONE_LIMITS.verticesPerZone}` }];
  if (polygons.length === 0) return [{ reason: 'has no polygon' }];
  return polygons.flatMap((polygon) => problemOfPolygon(polygon) ?? []);
}

function problemOfPolygon(polygon: ZonePolygon): ZoneProblem | null {
  const at = (place: LngLat | undefined) => (place === undefined ? {} : { place });
  if (polygon.length === 0) return { reason: 'has a polygon without a ring' };
  for (const ring of polygon) {
    if (ring.length < 3) return { reason: 'has a ring of fewer than three vertices', ...at(ring[0]) };
    const polar = ring.find(([, lat]) => Math.abs(lat) > MAX_LATITUDE);
    if (polar !== undefined) return { reason: 'comes too close to a pole', place: polar };
    const unwrapped = unwrapRing(ring);
    if (!closes(unwrapped)) return { reason: 'has a ring around a pole', ...at(ring[0]) };
    const lngs = unwrapped.map(([lng]) => lng);
    if (Math.max(...lngs) - Math.min(...lngs) > MAX_WIDTH)
      return { reason: 'is wider than 179 degrees', ...at(ring[0]) };
  }
  const rings = unwrapPolygon(polygon);
  const contact = findSelfContact(rings);
  if (contact !== null) return { reason: 'crosses or touches itself', place: contact };
  const outside = rings.slice(1).find((hole) => !isInside(rings[0]!, hole[0]!));
  if (outside !== undefined) return { reason: 'has a hole outside of its outer ring', ...at(outside[0]) };
  const nested = rings
    .slice(1)
    .find((hole, i) => rings.slice(1).some((other, j) => i !== j && isInside(other, hole[0]!)));
  return nested === undefined ? null : { reason: 'has a hole within a hole', ...at(nested[0]) };
}

/** Returns why a zone whose polygons are valid is not published: it would have to be tested for every vehicle anywhere. */
function problemOfExtent(zone: Zone): ZoneProblem[] {
  const [west, south, east, north] = boundsOf(zone);
  const widest = south > 0 ? south : north < 0 ? north : 0;
  const widthM = (east - west) * METRES_PER_DEGREE * Math.cos((widest * Math.PI) / 180);
  if (Math.max(widthM, (north - south) * METRES_PER_DEGREE) > MAX_EXTENT_KM * 1_000)
    return [{ reason: `is more than ${MAX_EXTENT_KM} km wide or high` }];
  return [];
}

/** Returns why a zone is not published in its region: no vehicle in the zone would be known to be near. */
function problemOfRegion(zone: Zone, region: string): ZoneProblem[] {
  const middle = middleOf(region);
  const far = zone.polygons
    .flatMap(([outer]) => outer!)
    .find(([lng, lat]) => distanceM(middle, { lat, lng }) > MAX_FROM_REGION_KM * 1_000);
  if (far === undefined) return [];
  return [{ reason: `is more than ${MAX_FROM_REGION_KM} km from the middle of its region`, place: far }];
}

/** Whether the way from the last vertex back to the first ends where the ring began, and not once around the earth. */
function closes(unwrapped: readonly LngLat[]): boolean {
  return Math.abs(unwrapped[0]![0] - unwrapped.at(-1)![0]) <= 180;
}

/** Whether a point lies in an unwrapped ring, by the even-odd rule; undefined on its edges. */
function isInside(ring: readonly LngLat[], [lng, lat]: LngLat): boolean {
  let inside = false;
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length]!;
    if (a[1] > lat === b[1] > lat) return;
    if (lng < a[0] + ((lat - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) inside = !inside;
  });
  return inside;
}

/** Returns what keeps zones from being published in a region, in the order of the zones; pauses between them. */
export async function problemsOf(zones: Zone[], region: string): Promise<ProblemOf[]> {
  const found: ProblemOf[] = [];
  if (zones.length > ZONE_LIMITS.zones)
    found.push({
      zoneId: '',
      name: '',
      reason: `there are ${zones.length} zones; a region has at most ${ZONE_LIMITS.zones}`,
    });
  const names = new Set<string>();
  const pause = pauses();
  for (const zone of zones) {
    await pause();
    const problems = problemsOfPolygons(zone.polygons);
    if (problems.length === 0) problems.push(...problemOfExtent(zone), ...problemOfRegion(zone, region));
    if (zone.kind === 'pickup_points' && zone.rules.points.length === 0)
      problems.push({ reason: 'has no pick-up point' });
    // Alerts and the queue name their zone, and people must know which one is meant.
    const key = `${zone.kind} ${zone.name.toLowerCase()}`;
    if (names.has(key)) problems.push({ reason: 'has the name of another zone of its kind' });
    names.add(key);
    for (const problem of problems) found.push({ zoneId: zone.id, name: zone.name, ...problem });
  }
  return found;
}

/** Returns polygons with outer rings counter-clockwise and holes clockwise, as RFC 7946 asks, and how many were turned. */
export function withWinding(polygons: ZonePolygon[]): { polygons: ZonePolygon[]; turned: number } {
  let turned = 0;
  const turn = (ring: LngLat[], index: number): LngLat[] => {
    const isCounterClockwise = signedArea(unwrapRing(ring)) >= 0;
    if (isCounterClockwise === (index === 0)) return ring;
    turned += 1;
    return ring.toReversed();
  };
  return { polygons: polygons.map((rings) => rings.map(turn)), turned };
}
