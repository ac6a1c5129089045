import * as Y from 'yjs';
import {
  type LngLat,
  PickupPoint,
  ZONE_LIMITS,
  ZONE_RULES,
  ZoneId,
  type ZoneKind,
  ZoneName,
} from '#protocol';
import type { AnyRules, ZoneDraft } from '../zone-draft.js';
import { OUTER, type PolygonType, type RingType, type VertexItem, type ZoneType, zonesIn } from './shape.js';

/** A zone in a draft that has not the shape of one. */
export class MalformedZoneError extends Error {}

const KEYS = new Set(['name', 'kind', 'lockedBy', 'rules', 'points', 'polygons']);
const KEY = /^[A-Za-z0-9]{1,16}$/;
const USER = /^[\x21-\x7e]{1,64}$/;
const MAX_POINTS = 50;

/** Schema of each rule but `points`, which has a map of its own; names are unique over the kinds. */
const RULES = new Map(
  Object.values(ZONE_RULES).flatMap(({ shape }) =>
    Object.entries(shape).filter(([name]) => name !== 'points'),
  ),
);

/** A ring in a draft. */
export type RingIn = { key: string; array: RingType; vertices: VertexItem[] };
/** A polygon in a draft; its outer ring first. */
export type PolygonIn = { id: string; map: PolygonType; rings: RingIn[] };

/** Reads a zone. @throws {MalformedZoneError} */
export function readZone(id: string, zone: unknown): ZoneDraft {
  require(zone instanceof Y.Map, 'it is no map');
  require(ZoneId.safeParse(id).success, 'its id is invalid');
  for (const key of zone.keys()) require(KEYS.has(key), `it has a field ${key.slice(0, 20)}`);
  const name = ZoneName.safeParse(zone.get('name'));
  require(name.success, 'its name is not 1 to 80 characters');
  const kind = zone.get('kind');
  require(typeof kind === 'string' && Object.hasOwn(ZONE_RULES, kind), 'its kind is unknown');
  const lockedBy = zone.get('lockedBy') ?? null;
  require(lockedBy === null || (typeof lockedBy === 'string' && USER.test(lockedBy)), 'its lock is invalid');
  return {
    id,
    name: name.data,
    kind: kind as ZoneKind,
    polygons: polygonsIn(zone).map(({ rings }) =>
      rings.map(({ vertices }) => vertices.map(([lng, lat]): LngLat => [lng, lat])),
    ),
    rules: readRules(zone, kind as ZoneKind),
    lockedBy,
  };
}

function require(isGiven: boolean, reason: string): asserts isGiven {
  if (!isGiven) throw new MalformedZoneError(reason);
}

function readRules(zone: ZoneType, kind: ZoneKind): AnyRules {
  const [rules, points] = [zone.get('rules'), zone.get('points')];
  require(rules instanceof Y.Map && points instanceof Y.Map, 'it has no rules');
  const own: Record<string, unknown> = {};
  for (const [name, value] of rules.entries()) {
    const schema = RULES.get(name);
    require(schema?.safeParse(value).success === true, `its rule ${name.slice(0, 20)} is invalid`);
    if (Object.hasOwn(ZONE_RULES[kind].shape, name)) own[name] = value;
  }
  require(points.size <= MAX_POINTS, `it has more than ${MAX_POINTS} pick-up points`);
  const read = [...points.entries()].map(([id, value]) => {
    const point = PickupPoint.safeParse({ ...(value as object), id });
    require(point.success, 'a pick-up point is invalid');
    return point.data;
  });
  read.sort((a, b) => (a.id < b.id ? -1 : 1));
  return ZONE_RULES[kind].parse(kind === 'pickup_points' ? { ...own, points: read } : own);
}

/** Reads the polygons of a zone, in the order of their ids. @throws {MalformedZoneError} */
export function polygonsIn(zone: ZoneType): PolygonIn[] {
  const polygons = zone.get('polygons');
  require(polygons instanceof Y.Map && polygons._start === null, 'it has no polygons');
  let [rings, vertices] = [0, 0];
  return [...(polygons as Y.Map<unknown>).entries()].sort(byKey).map(([id, map]) => {
    require(map instanceof Y.Map && map._start === null && KEY.test(id), 'a polygon is malformed');
    require(map.has(OUTER), 'a polygon has no outer ring');
    rings += map.size;
    require(rings <= ZONE_LIMITS.ringsPerZone, `it has more than ${ZONE_LIMITS.ringsPerZone} rings`);
    const read = [...(map as Y.Map<unknown>).entries()].sort(byKey).map(([key, array]) => {
      require(array instanceof Y.Array && array._map.size === 0 && KEY.test(key), 'a ring is malformed');
      vertices += array.length;
      require(vertices <=
        ZONE_LIMITS.verticesPerZone, `it has more than ${ZONE_LIMITS.verticesPerZone} vertices`);
      return { key, array: array as RingType, vertices: verticesIn(array as RingType) };
    });
    return { id, map: map as PolygonType, rings: read };
  });
}

/** Outer rings before holes, otherwise by key. */
const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => {
  if (a === OUTER || b === OUTER) return a === b ? 0 : a === OUTER ? -1 : 1;
  return a < b ? -1 : 1;
};

/** Returns the vertices of a ring. Of several with one id, which users moved at the same time, only the last counts. */
function verticesIn(array: RingType): VertexItem[] {
  const items = array.toArray();
  const last = new Map<string, number>();
  items.forEach((item, i) => {
    require(isVertex(item), 'a vertex is malformed');
    last.set(item[2], i);
  });
  return items.filter((item, i) => last.get(item[2]) === i);
}

function isVertex(item: unknown): item is VertexItem {
  if (!Array.isArray(item) || item.length !== 3) return false;
  const [lng, lat, id] = item;
  const isDegrees = (value: unknown, max: number) => typeof value === 'number' && Math.abs(value) <= max;
  return isDegrees(lng, 180) && isDegrees(lat, 90) && typeof id === 'string' && KEY.test(id);
}

/** Returns why a zone cannot be in a draft, or null. */
export function problemOfDraft({ id, name, kind, rules, polygons }: ZoneDraft): string | null {
  if (!ZoneId.safeParse(id).success) return 'its id is invalid';
  if (!ZoneName.safeParse(name).success) return 'its name is not 1 to 80 characters';
  if (!Object.hasOwn(ZONE_RULES, kind)) return 'its kind is unknown';
  const read = ZONE_RULES[kind].safeParse(rules);
  if (!read.success) return `its rule ${read.error.issues[0]!.path.join('.')} is invalid`;
  const rings = polygons.flat();
  if (rings.length > ZONE_LIMITS.ringsPerZone) return `it has more than ${ZONE_LIMITS.ringsPerZone} rings`;
  const vertices = rings.flat();
  if (vertices.length > ZONE_LIMITS.verticesPerZone)
    return `it has more than ${ZONE_LIMITS.verticesPerZone} vertices`;
  return vertices.every(([lng, lat]) => Math.abs(lng) <= 180 && Math.abs(lat) <= 90)
    ? null
    : 'a vertex is no position';
}

/** Reads all zones of a draft, in the order of their ids; those that are malformed are left out. */
export function readZones(doc: Y.Doc): ZoneDraft[] {
  const zones = [...zonesIn(doc).entries()].flatMap(([id, zone]) => {
    try {
      return [readZone(id, zone)];
    } catch (error) {
      if (error instanceof MalformedZoneError) return [];
      throw error;
    }
  });
  return zones.sort((a, b) => (a.id < b.id ? -1 : 1));
}
