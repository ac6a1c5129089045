import * as Y from 'yjs';
import type { LngLat, PickupPoint, ZoneKind, ZonePolygon, ZoneRing } from '#protocol';
import { roundedPosition } from '../geojson.js';
import type { AnyRules, ZoneDraft } from '../zone-draft.js';
import { type PolygonIn, polygonsIn, type RingIn, readZone } from './read.js';
import { OUTER, type PolygonType, type RingType, type VertexItem, type ZoneType, zonesIn } from './shape.js';

/** Number of vertices that may change one by one; beyond, the whole ring is replaced. */
const FEW = 8;

/** Place of a vertex in a zone. */
export type VertexPlace = {
  /** index of the polygon in the zone */
  polygon: number;
  /** index of the ring in the polygon; 0 is the outer one */
  ring: number;
  /** index of the vertex in the ring */
  vertex: number;
};

const randomKey = (length: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => (byte % 36).toString(36)).join('');

/** Creates the id of a zone or of a pick-up point. */
export const newZoneId = (): string => randomKey(12);

const verticesOf = (ring: ZoneRing): VertexItem[] => {
  const prefix = randomKey(5);
  return ring.map((position, i) => [...roundedPosition(position), `${prefix}${i.toString(36)}`]);
};

function newRing(ring: ZoneRing): RingType {
  const array: RingType = new Y.Array();
  array.push(verticesOf(ring));
  return array;
}

function newPolygon([outer = [], ...holes]: ZonePolygon): PolygonType {
  const map: PolygonType = new Y.Map();
  map.set(OUTER, newRing(outer));
  for (const [i, hole] of holes.entries()) map.set(holeKey(i), newRing(hole));
  return map;
}

/** Keys begin with a number, so that polygons and holes stay in the order in which they were drawn. */
const numbered = (i: number): string => `${String(i).padStart(3, '0')}${randomKey(5)}`;
const holeKey = (i: number): string => `h${numbered(i)}`;
const numberOf = (key: string): number => Number(/\d{3}/.exec(key)?.[0] ?? 0);

/** Adds a zone to a draft, or replaces one with its id. */
export function putZone(doc: Y.Doc, { id, name, kind, polygons, rules, lockedBy }: ZoneDraft): void {
  const zone: ZoneType = new Y.Map();
  const { points = [], ...values } = rules as { points?: PickupPoint[] };
  const drawn = new Y.Map(
    polygons.map((polygon, i): [string, PolygonType] => [numbered(i), newPolygon(polygon)]),
  );
  zone.set('name', name);
  zone.set('kind', kind);
  zone.set('rules', new Y.Map(Object.entries(values)));
  zone.set('points', new Y.Map(points.map(({ id, ...point }): [string, object] => [id, point])));
  zone.set('polygons', drawn);
  if (lockedBy !== null) zone.set('lockedBy', lockedBy);
  zonesIn(doc).set(id, zone);
}

/** Sets a field if it differs, so that nothing is sent for nothing. */
function set(map: Y.Map<unknown>, key: string, value: unknown): void {
  if (JSON.stringify(map.get(key)) !== JSON.stringify(value)) map.set(key, value);
}

export const setName = (zone: ZoneType, name: string): void => set(zone, 'name', name.trim());
export const setKind = (zone: ZoneType, kind: ZoneKind): void => set(zone, 'kind', kind);

/** Locks a zone for a user, or unlocks it. */
export function setLock(zone: ZoneType, userId: string | null): void {
  if (userId !== null) set(zone, 'lockedBy', userId);
  else if (zone.has('lockedBy')) zone.delete('lockedBy');
}

/** Sets some rules; pick-up points by their ids. */
export function setRules(zone: ZoneType, rules: Partial<AnyRules>): void {
  const { points, ...values } = rules as { points?: PickupPoint[] };
  const stored = zone.get('rules') as Y.Map<unknown>;
  for (const [name, value] of Object.entries(values)) set(stored, name, value);
  if (points === undefined) return;
  const before = zone.get('points') as Y.Map<unknown>;
  const kept = new Set(points.map(({ id }) => id));
  for (const id of [...before.keys()]) if (!kept.has(id)) before.delete(id);
  for (const { id, ...point } of points) set(before, id, point);
}

/** Parts of a zone that change together; those that are missing stay as they are. */
export type ZoneParts = Partial<Pick<ZoneDraft, 'name' | 'kind' | 'polygons' | 'lockedBy'>> & {
  rules?: Partial<AnyRules>;
};

/** Changes parts of a zone. What is not named is not written, so an edit of another user to it remains. */
export function changeParts(zone: ZoneType, { name, kind, rules, polygons, lockedBy }: ZoneParts): void {
  if (name !== undefined) setName(zone, name);
  if (kind !== undefined) setKind(zone, kind);
  if (rules !== undefined) setRules(zone, rules);
  if (polygons !== undefined) setPolygons(zone, polygons);
  if (lockedBy !== undefined) setLock(zone, lockedBy);
}

/** Changes a zone of a draft with few edits until it equals this one; adds it, or removes it for null. */
export function changeZone(doc: Y.Doc, id: string, target: ZoneDraft | null): void {
  const zone = zonesIn(doc).get(id);
  if (target === null) zonesIn(doc).delete(id);
  else if (zone === undefined) putZone(doc, target);
  else {
    const before = readZone(id, zone).rules as Record<string, unknown>;
    const rules = Object.entries(target.rules).filter(
      ([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value),
    );
    changeParts(zone, { ...target, rules: Object.fromEntries(rules) });
  }
}

/** Moves one vertex. */
export function moveVertex(zone: ZoneType, place: VertexPlace, position: LngLat): void {
  const ring = ringAt(zone, place);
  const vertex = ring?.vertices[place.vertex];
  if (vertex !== undefined) replaceVertex(ring!, vertex, position);
}

/** Inserts a vertex before the one at a place. */
export function insertVertex(zone: ZoneType, place: VertexPlace, position: LngLat): void {
  const ring = ringAt(zone, place);
  if (ring === undefined) return;
  const next = ring.vertices[place.vertex];
  ring.array.insert(next === undefined ? ring.array.length : lastIndexOf(ring, next), verticesOf([position]));
}

/** Removes one vertex. */
export function removeVertex(zone: ZoneType, place: VertexPlace): void {
  const ring = ringAt(zone, place);
  const vertex = ring?.vertices[place.vertex];
  if (vertex !== undefined) deleteVertex(ring!, vertex);
}

function ringAt(zone: ZoneType, { polygon, ring }: VertexPlace): RingIn | undefined {
  return polygonsIn(zone)[polygon]?.rings[ring];
}

const lastIndexOf = ({ array }: RingIn, [, , id]: VertexItem): number =>
  array.toArray().findLastIndex((item) => item[2] === id);

function deleteVertex({ array }: RingIn, [, , id]: VertexItem): void {
  for (let i = array.length - 1; i >= 0; i -= 1) if (array.get(i)[2] === id) array.delete(i);
}

function replaceVertex(ring: RingIn, vertex: VertexItem, position: LngLat): void {
  const [lng, lat] = roundedPosition(position);
  if (vertex[0] === lng && vertex[1] === lat) return;
  // First the new one, beside the old one: then its neighbours are the same whatever else is moved meanwhile.
  ring.array.insert(lastIndexOf(ring, vertex) + 1, [[lng, lat, vertex[2]]]);
  for (let i = ring.array.length - 1, newest = true; i >= 0; i -= 1)
    if (ring.array.get(i)[2] === vertex[2]) {
      if (!newest) ring.array.delete(i);
      newest = false;
    }
}

/** Changes the polygons of a zone to these with few edits, so that what others edit at the same time is kept. */
export function setPolygons(zone: ZoneType, polygons: ZonePolygon[]): void {
  const map = zone.get('polygons') as Y.Map<PolygonType>;
  const before = polygonsIn(zone);
  for (const { id } of before.slice(polygons.length)) map.delete(id);
  polygons.forEach((polygon, i) => {
    const old = before[i];
    if (old === undefined) map.set(numbered(nextNumber(before.map(({ id }) => id)) + i), newPolygon(polygon));
    else setRings(old, polygon);
  });
}

const nextNumber = (keys: string[]): number =>
  keys.length === 0 ? 0 : numberOf(keys.at(-1)!) + 1 - keys.length;

function setRings({ map, rings: before }: PolygonIn, rings: ZonePolygon): void {
  for (const { key } of before.slice(Math.max(1, rings.length))) map.delete(key);
  const holes = before.slice(1).map(({ key }) => key);
  rings.forEach((ring, i) => {
    const old = before[i];
    if (old === undefined) map.set(holeKey(nextNumber(holes) + i - 1), newRing(ring));
    else if (!changeRing(old, ring.map(roundedPosition))) map.set(old.key, newRing(ring));
  });
}

const isSame = (a: readonly [number, number, ...unknown[]] | undefined, b: LngLat | undefined): boolean =>
  a !== undefined && b !== undefined && a[0] === b[0] && a[1] === b[1];

/** Changes a ring vertex by vertex. @returns false, and changes nothing, if more than a few differ */
function changeRing(ring: RingIn, after: ZoneRing): boolean {
  const { vertices: before } = ring;
  let start = 0;
  while (start < before.length && start < after.length && isSame(before[start], after[start])) start += 1;
  let end = 0;
  const rest = Math.min(before.length, after.length) - start;
  while (end < rest && isSame(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const old = before.slice(start, before.length - end);
  const fresh = after.slice(start, after.length - end);
  const moved = old.filter((vertex, i) => i < fresh.length && !isSame(vertex, fresh[i])).length;
  if (Math.max(moved, Math.abs(old.length - fresh.length)) > FEW) return false;
  old.forEach((vertex, i) => {
    if (i < fresh.length) replaceVertex(ring, vertex, fresh[i]!);
    else deleteVertex(ring, vertex);
  });
  if (fresh.length <= old.length) return true;
  const following = before[before.length - end];
  const at = following === undefined || end === 0 ? ring.array.length : firstIndexOf(ring, following);
  ring.array.insert(at, verticesOf(fresh.slice(old.length)));
  return true;
}

const firstIndexOf = ({ array }: RingIn, [, , id]: VertexItem): number =>
  array.toArray().findIndex((item) => item[2] === id);
