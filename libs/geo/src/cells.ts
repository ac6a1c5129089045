export { indexCellsAround, SHOWN_WITHIN_M } from './cells-around.js';
export { coverBbox, coverPolygon } from './cover.js';
export { coverCircle } from './cover-circle.js';
export {
  cellOf,
  cellsOf,
  centreOf,
  codeOf,
  INDEX_RESOLUTION,
  indexCell,
  MAX_CELLS,
  middleOf,
  NEARBY_CELL_M,
  NEARBY_RESOLUTION,
  nearbyCell,
  REGION_RESOLUTION,
  regionAt,
  regionOf,
  regionsAround,
} from './grid.js';
