export { CityCar, type StreetPlace } from './city-car.js';
export { type CityGeoJson, cityGeoJson } from './geojson.js';
export { manhattan } from './manhattan.js';
export { nearestNode } from './nearest-node.js';
export { between, gaussian, pick, type Random, seeded } from './random.js';
export { route } from './route.js';
export type { RoadKind } from './spec.js';
export type { City, Edge, Node, Rings, Road } from './types.js';
