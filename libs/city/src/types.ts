import type { RoadKind } from './spec.js';

/** A street on the map: one unbroken line, degrees. */
export type Road = { name: string; kind: RoadKind; line: Array<[lng: number, lat: number]> };

/** A place where roads cross, bend or end, with the edges that leave it. */
export type Node = { lat: number; lng: number; edges: Edge[] };

/** A straight piece of road to the node `to`; `road` is an index into `City.roads`. */
export type Edge = { to: number; lengthM: number; speedMps: number; road: number };

/** GeoJSON Polygon coordinates: rings of [lng, lat], the first the outline, closed. */
export type Rings = number[][][];

export type City = {
  roads: Road[];
  nodes: Node[];
  land: Rings[];
  parks: Array<{ name: string; rings: Rings }>;
  bounds: [west: number, south: number, east: number, north: number];
  center: { lat: number; lng: number };
};

/** Place of a car on the streets: the distance from one node towards the next. */
export type StreetPlace = { from: number; to: number; alongM: number };
