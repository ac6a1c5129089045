import { describe, expect, it } from 'vitest';
import { apply, boundsOf, fitting, mercator, NO_PADDING, Plane, type View } from './plane.js';

const CENTER = { lat: 40.758, lng: -73.98 };
const plane = new Plane(CENTER);
const view = (change: Partial<View> = {}): View => ({
  center: CENTER,
  zoom: 14,
  bearing: 0,
  width: 1_000,
  height: 800,
  padding: NO_PADDING,
  ...change,
});
const seen = (at: View, position: { lat: number; lng: number }) =>
  apply(plane.toScreen(at), plane.from(position));

describe('mercator', () => {
  it('maps the world between 85.05° and -85.05° latitude to the unit square', () => {
    expect(mercator({ lat: 0, lng: 0 })).toEqual({ x: 0.5, y: 0.5 });
    expect(mercator({ lat: 85.0511287798066, lng: -180 }).x).toBe(0);
    expect(mercator({ lat: 85.0511287798066, lng: -180 }).y).toBeCloseTo(0, 9);
  });

  it('agrees with slippy map tiles: Times Square is in tile 9649, 12314 at zoom 15', () => {
    const { x, y } = mercator({ lat: 40.758, lng: -73.9855 });
    expect([Math.floor(x * 2 ** 15), Math.floor(y * 2 ** 15)]).toEqual([9_649, 12_314]);
  });
});

describe('Plane', () => {
  it('measures metres near its origin', () => {
    const { x, y } = plane.from({ lat: CENTER.lat + 0.01, lng: CENTER.lng + 0.01 });
    expect(x).toBeCloseTo(843.2, 0);
    expect(y).toBeCloseTo(-1_113.3, 0);
  });

  it('converts a position to a point and back', () => {
    const position = { lat: 40.8, lng: -73.93 };
    const back = plane.position(plane.from(position));
    expect(back.lat).toBeCloseTo(position.lat, 10);
    expect(back.lng).toBeCloseTo(position.lng, 10);
  });

  it('puts the center of the view in the middle of the uncovered area', () => {
    expect(seen(view(), CENTER)).toEqual({ x: 500, y: 400 });
    const padding = { top: 60, right: 340, bottom: 20, left: 300 };
    expect(seen(view({ padding }), CENTER)).toEqual({ x: 480, y: 420 });
  });

  it('scales the world to 512 px times 2^zoom', () => {
    const east = seen(view({ zoom: 10 }), { lat: CENTER.lat, lng: CENTER.lng + 0.1 });
    expect(east.x - 500).toBeCloseTo((0.1 / 360) * 512 * 1_024, 6);
    expect(east.y).toBeCloseTo(400, 6);
  });

  it('rotates the map so that the bearing points up', () => {
    const east = seen(view({ bearing: 90 }), { lat: CENTER.lat, lng: CENTER.lng + 0.01 });
    expect(east.x).toBeCloseTo(500, 6);
    expect(east.y).toBeLessThan(400);
  });
});

describe('fitting', () => {
  const points = [
    { lat: 40.74, lng: -74 },
    { lat: 40.77, lng: -73.96 },
    { lat: 40.75, lng: -73.99 },
  ];

  it('fits all points into the uncovered part of a rotated view, with one at its edge', () => {
    const padding = { top: 60, right: 340, bottom: 20, left: 100 };
    const margin = { top: 70, right: 10, bottom: 10, left: 20 };
    const at = view({ bearing: 29.1, padding });
    const all = points.map((point) => seen({ ...at, ...fitting(plane, points, at, 20, margin) }, point));
    const x = all.map((point) => point.x);
    const y = all.map((point) => point.y);
    const slack = Math.min(
      Math.min(...x) - 120,
      650 - Math.max(...x),
      Math.min(...y) - 130,
      770 - Math.max(...y),
    );
    expect(slack).toBeCloseTo(0, 3);
  });

  it('limits the zoom for a single point', () => {
    const { center, zoom } = fitting(plane, [points[0]!], view(), 15);
    expect(zoom).toBe(15);
    expect(center.lat).toBeCloseTo(points[0]!.lat, 9);
  });
});

describe('a view over the antimeridian', () => {
  const fiji = view({ center: { lat: -16.8, lng: 179.99 }, zoom: 12 });

  it('has bounds whose west is east of their east', () => {
    const [west, south, east, north] = boundsOf(plane, fiji);
    expect(west).toBeGreaterThan(179);
    expect(east).toBeLessThan(-179);
    expect(south).toBeLessThan(north);
    expect(boundsOf(plane, view({ center: { lat: 0, lng: 0 }, zoom: -3 })).toString()).toMatch(
      /^-180,.*,180,/,
    );
  });

  it('shows a car on either side where it is, and the usual view shows one world', () => {
    const copies = plane.copiesToScreen(fiji);
    expect(copies).toHaveLength(2);
    for (const lng of [179.995, -179.995]) {
      const xs = copies.map((toScreen) => apply(toScreen, plane.from({ lat: -16.8, lng })).x);
      expect(xs.filter((x) => x > 0 && x < fiji.width)).toHaveLength(1);
      expect(plane.screenTest(fiji)({ lat: -16.8, lng })).toBe(true);
    }
    const margin = { top: 0, right: fiji.width / 2, bottom: 0, left: 0 };
    const isVisible = plane.screenTest(fiji, margin);
    expect([179.985, -179.995].map((lng) => isVisible({ lat: -16.8, lng }))).toEqual([true, false]);
    expect(plane.screenTest(fiji)({ lat: -16.8, lng: 0 })).toBe(false);
    expect(plane.copiesToScreen(view())).toEqual([plane.toScreen(view())]);
  });
});
