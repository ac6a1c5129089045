export { coverBbox, coverPolygon } from './cover.js';
export { coverCircle } from './cover-circle.js';
export {
  cellOf,
  centreOf,
  codeOf,
  INDEX_RESOLUTION,
  indexCell,
  MAX_CELLS,
  NEARBY_CELL_M,
  NEARBY_RESOLUTION,
  nearbyCell,
  REGION_RESOLUTION,
  regionAt,
  regionOf,
} from './grid.js';
