import { contains, distanceM, inBbox, type Point, unwrapped, wrapLng } from '#geo';
import {
  cellsOf,
  coverBbox,
  coverCircle,
  coverPolygon,
  INDEX_RESOLUTION,
  MAX_CELLS,
  regionAt,
  regionOf,
} from '#geo/cells';
import { type AlertArea, ProtocolError } from '#protocol';
import type { IndexedZone } from '#zones';

/** Extent of an area: the index cells and the regions that it touches, and a test whether a position is in it. */
export type Coverage = { cells: string[]; regions: string[]; contains: (position: Point) => boolean };

/** Finds a published zone; undefined if there is none. */
export type FindZone = (region: string, zoneId: string) => IndexedZone | undefined;

const NOTHING: Coverage = { cells: [], regions: [], contains: () => false };

/** Returns what an area covers; nothing, if it is a zone that is not published. @throws {ProtocolError} AREA_TOO_LARGE */
export function coverageOf(area: AlertArea, find: FindZone): Coverage {
  if ('zone' in area) return coverageOfZone(area.zone, find);
  const cells = cellsIn(area);
  if (cells === null || cells.length > MAX_CELLS) throw new ProtocolError('AREA_TOO_LARGE');
  return { cells, regions: [...new Set(cells.map(regionOf))], contains: testOf(area) };
}

function coverageOfZone({ region, zoneId }: { region: string; zoneId: string }, find: FindZone): Coverage {
  const found = find(region, zoneId);
  if (found === undefined) return NOTHING;
  const cells = found.zone.polygons.map(([outer]) =>
    coverPolygon(outer!.map(([lng, lat]) => ({ lat, lng }))),
  );
  const all = new Set(cells.flatMap((each) => each ?? []));
  if (cells.includes(null) || all.size > MAX_CELLS) throw new ProtocolError('AREA_TOO_LARGE');
  return {
    cells: [...all],
    regions: [...new Set([...all].map(regionOf))],
    // As it is published then.
    contains: ({ lat, lng }) => find(region, zoneId)?.border.contains(lat, lng) ?? false,
  };
}

/** Returns what a region covers. */
export function coverageOfRegion(region: string): Coverage {
  return {
    cells: cellsOf(region),
    regions: [region],
    contains: (position) => regionAt(position) === region,
  };
}

type Shape = Exclude<AlertArea, { zone: object }>;

function cellsIn(area: Shape): string[] | null {
  if ('bbox' in area) return coverBbox(area.bbox);
  if ('polygon' in area) return coverPolygon(area.polygon);
  return coverCircle(area, area.radiusM, INDEX_RESOLUTION);
}

function testOf(area: Shape): Coverage['contains'] {
  if ('bbox' in area) return inBbox(area.bbox);
  if ('polygon' in area) {
    const isNear = inBbox(bboxOf(area.polygon));
    return (position) => isNear(position) && contains(area.polygon, position);
  }
  return (position) => distanceM(area, position) <= area.radiusM;
}

/** Returns the box around a polygon, which crosses the antimeridian if the polygon does. */
function bboxOf(ring: Point[]): [west: number, south: number, east: number, north: number] {
  const corners = unwrapped(ring);
  const lats = corners.map(({ lat }) => lat);
  const lngs = corners.map(({ lng }) => lng);
  return [wrapLng(Math.min(...lngs)), Math.min(...lats), wrapLng(Math.max(...lngs)), Math.max(...lats)];
}
