import type * as Y from 'yjs';

/**
 * Shape of the draft of a region, a Yjs document with one root, the Y.Map `zones`:
 *
 *     zones: Y.Map       zone id → Y.Map
 *       name, kind       text
 *       lockedBy         user who alone may change the zone; missing if everybody may
 *       rules: Y.Map     name of a rule → its value; those of other kinds stay when the kind changes
 *       points: Y.Map    id → { name, lat, lng }, the pick-up points
 *       polygons: Y.Map  polygon id → Y.Map
 *         outer, <hole>  Y.Array of vertices
 *
 * Polygons and rings have keys, not places in a list: when two users replace one ring at the same time, one of the rings
 * remains instead of both. A vertex is replaced when it moves, so two users who move two vertices both keep their edit; when
 * both move the same one, both remain in the array, and only the last with its id counts.
 */
export type VertexItem = [lng: number, lat: number, id: string];
export type RingType = Y.Array<VertexItem>;
export type PolygonType = Y.Map<RingType>;
export type ZoneType = Y.Map<unknown>;
export type ZonesType = Y.Map<ZoneType>;

export const ROOT = 'zones';
export const OUTER = 'outer';

/** Returns the zones of a draft. */
export const zonesIn = (doc: Y.Doc): ZonesType => doc.getMap(ROOT) as ZonesType;
