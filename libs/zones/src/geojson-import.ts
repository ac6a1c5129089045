import {
  type LngLat,
  ZONE_LIMITS,
  ZONE_RULES,
  ZoneId,
  type ZoneKind,
  ZoneName,
  type ZonePolygon,
} from '#protocol';
import { problemsOfPolygons, withWinding } from './check.js';
import { type FeatureCorrection, roundedPosition } from './geojson.js';
import { pauses } from './pauses.js';
import type { ZoneDraft } from './zone-draft.js';

/** Feature that cannot be imported, and why. */
export type FeatureProblem = {
  /** position in the collection, from 0; null if it is about the whole input */
  feature: number | null;
  /** name of the feature, or an empty text */
  name: string;
  /** reason, in words */
  reason: string;
};

export type Import =
  | { ok: true; zones: ZoneDraft[]; corrections: FeatureCorrection[] }
  | { ok: false; problems: FeatureProblem[] };

type ImportOptions = {
  /** kind of features that name none; by default they are refused */
  kind?: ZoneKind | undefined;
  /** creates the id of a feature that has none that can be used */
  newId: () => string;
};

type Json = Record<string, unknown>;

class Refused extends Error {}

/**
 * Reads zones from GeoJSON (RFC 7946): a FeatureCollection or a Feature of Polygons and MultiPolygons, whose properties are
 * `name`, `kind` and `rules`. All of it is read, or none. The winding order is corrected; a ring that jumps over more than
 * 180 degrees crosses the antimeridian. Pauses between features.
 */
export async function importGeoJson(input: unknown, options: ImportOptions): Promise<Import> {
  const features = featuresOf(input);
  if (features === null)
    return refusedAsWhole('the input is neither a FeatureCollection nor a Feature of GeoJSON');
  if (features.length > ZONE_LIMITS.zones)
    return refusedAsWhole(`${features.length} features; a region has at most ${ZONE_LIMITS.zones} zones`);
  const problems: FeatureProblem[] = [];
  const corrections: FeatureCorrection[] = [];
  const zones: ZoneDraft[] = [];
  const ids = new Set<string>();
  const pause = pauses();
  for (const [feature, value] of features.entries()) {
    await pause();
    try {
      const { zone, correction } = zoneOf(value, feature, options, ids);
      ids.add(zone.id);
      zones.push(zone);
      if (correction.turnedRings + correction.repeatedVertices > 0) corrections.push(correction);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems.push({ feature, name: nameIn(value) ?? '', reason: error.message });
    }
  }
  return problems.length === 0 ? { ok: true, zones, corrections } : { ok: false, problems };
}

const refusedAsWhole = (reason: string): Import => ({
  ok: false,
  problems: [{ feature: null, name: '', reason }],
});

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function featuresOf(input: unknown): unknown[] | null {
  if (!isObject(input)) return null;
  if (input.type === 'Feature') return [input];
  return input.type === 'FeatureCollection' && Array.isArray(input.features) ? input.features : null;
}

function nameIn(feature: unknown): string | undefined {
  const properties = isObject(feature) && isObject(feature.properties) ? feature.properties : {};
  const name = properties.name ?? properties.title;
  return typeof name === 'string' ? name.slice(0, 80) : undefined;
}

function zoneOf(
  feature: unknown,
  index: number,
  { kind: fallback, newId }: ImportOptions,
  taken: Set<string>,
) {
  if (!isObject(feature) || feature.type !== 'Feature') throw new Refused('is not a Feature');
  const properties = isObject(feature.properties) ? feature.properties : {};
  const kind = properties.kind ?? fallback;
  if (typeof kind !== 'string' || !Object.hasOwn(ZONE_RULES, kind))
    throw new Refused(`has no kind that is one of ${Object.keys(ZONE_RULES).join(', ')}`);
  const name = ZoneName.safeParse(nameIn(feature) ?? `Zone ${index + 1}`);
  if (!name.success) throw new Refused('has a name without visible characters');
  const rules = ZONE_RULES[kind as ZoneKind].safeParse(properties.rules ?? {});
  if (!rules.success)
    throw new Refused(`has an invalid rule: ${rules.error.issues[0]!.path.join('.') || 'rules'}`);

  const geometry = polygonsOf(feature.geometry);
  const { polygons, turned } = withWinding(geometry.polygons);
  const [problem] = problemsOfPolygons(polygons);
  if (problem !== undefined)
    throw new Refused(problem.place ? `${problem.reason} at ${problem.place.join(', ')}` : problem.reason);
  const given = ZoneId.safeParse(String(feature.id ?? properties.id ?? ''));
  if (given.success && taken.has(given.data))
    throw new Refused(`has the id ${given.data} of another feature`);
  const id = given.success ? given.data : newId();
  const zone: ZoneDraft = {
    id,
    name: name.data,
    kind: kind as ZoneKind,
    polygons,
    rules: rules.data,
    lockedBy: null,
  };
  const correction = {
    feature: index,
    zoneId: id,
    turnedRings: turned,
    repeatedVertices: geometry.repeatedVertices,
  };
  return { zone, correction };
}

function polygonsOf(geometry: unknown): { polygons: ZonePolygon[]; repeatedVertices: number } {
  const { type, coordinates } = isObject(geometry) ? geometry : {};
  if (type !== 'Polygon' && type !== 'MultiPolygon')
    throw new Refused(`has a geometry that is no Polygon or MultiPolygon: ${String(type ?? 'none')}`);
  const polygons = type === 'Polygon' ? [coordinates] : coordinates;
  let repeatedVertices = 0;
  const ringOf = (ring: unknown): LngLat[] => {
    const positions = listOf(ring).map(positionOf);
    const [first, last] = [positions[0], positions.at(-1)];
    if (first === undefined || positions.length < 4 || !isSame(first, last!))
      throw new Refused(
        positions.length < 4
          ? 'has a ring of fewer than four positions'
          : `has a ring that is not closed: it ends at ${last!.join(', ')}, not where it began`,
      );
    const vertices = positions
      .slice(0, -1)
      .filter((vertex, i) => i === 0 || !isSame(vertex, positions[i - 1]!));
    repeatedVertices += positions.length - 1 - vertices.length;
    return vertices;
  };
  return { polygons: listOf(polygons).map((rings) => listOf(rings).map(ringOf)), repeatedVertices };
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Refused('has malformed coordinates');
  return value;
}

const isSame = (a: LngLat, b: LngLat): boolean => a[0] === b[0] && a[1] === b[1];

function positionOf(value: unknown): LngLat {
  const [lng, lat] = listOf(value);
  if (typeof lng !== 'number' || typeof lat !== 'number' || !Number.isFinite(lng) || !Number.isFinite(lat))
    throw new Refused('has malformed coordinates');
  if (Math.abs(lat) > 90 || Math.abs(lng) > 540)
    throw new Refused(`has a position that is not [longitude, latitude]: ${lng}, ${lat}`);
  return roundedPosition([lng, lat]);
}
