/** Map maths: Web Mercator on a local plane that is small enough for 32-bit floats. */

export type Position = { lat: number; lng: number };
export type Point = { x: number; y: number };
export type Padding = { top: number; right: number; bottom: number; left: number };

/** The visible part of a map. `bearing` is the compass direction that points up, degrees; sizes in CSS pixels. */
export type View = {
  center: Position;
  zoom: number;
  bearing: number;
  width: number;
  height: number;
  padding: Padding;
};

/** x' = a x + c y + e, y' = b x + d y + f */
export type Affine = { a: number; b: number; c: number; d: number; e: number; f: number };

export const NO_PADDING: Padding = { top: 0, right: 0, bottom: 0, left: 0 };

/** Minimum free area, for small windows that panels cover almost completely. */
const MIN_ROOM_PX = 80;
const TILE_PX = 512;
const EQUATOR_M = 2 * Math.PI * 6_378_137;

/** Returns Web Mercator coordinates in [0, 1]: x to the east, y to the south. */
export const mercator = ({ lat, lng }: Position): Point => ({
  x: (lng + 180) / 360,
  y: 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI),
});

/**
 * Plane in metres east and south of an origin, true to scale near it. A 32-bit float resolves a city on this plane to
 * about a millimetre; world coordinates in a float would jitter by metres.
 */
export class Plane {
  readonly #origin: Point;
  readonly #metresPerUnit: number;

  constructor(origin: Position) {
    this.#origin = mercator(origin);
    this.#metresPerUnit = EQUATOR_M * Math.cos((origin.lat * Math.PI) / 180);
  }

  /** Returns the point of a position. */
  from(position: Position): Point {
    const { x, y } = mercator(position);
    return { x: (x - this.#origin.x) * this.#metresPerUnit, y: (y - this.#origin.y) * this.#metresPerUnit };
  }

  /** Returns the position of a point. */
  position({ x, y }: Point): Position {
    const north = (0.5 - (this.#origin.y + y / this.#metresPerUnit)) * 2 * Math.PI;
    return {
      lat: (Math.atan(Math.sinh(north)) * 180) / Math.PI,
      lng: (this.#origin.x + x / this.#metresPerUnit) * 360 - 180,
    };
  }

  /**
   * Returns the transforms to CSS pixels of each copy of the world in view: one, except over the antimeridian, where the
   * plane ends and continues at its other end.
   */
  copiesToScreen(view: View): Affine[] {
    const toScreen = this.toScreen(view);
    const back = inverse(toScreen);
    const xs = [0, view.width].flatMap((x) => [0, view.height].map((y) => apply(back, { x, y }).x));
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const world = this.#metresPerUnit;
    const west = -this.#origin.x * world;
    return [0, -1, 1]
      .filter((copy) => west + (copy + 1) * world > left && west + copy * world < right)
      .map((copy) => ({
        ...toScreen,
        e: toScreen.e + toScreen.a * copy * world,
        f: toScreen.f + toScreen.b * copy * world,
      }));
  }

  /** Returns a test whether a position is on the screen, in any copy of the world, and not under its margins. */
  screenTest(view: View, margin = NO_PADDING): (position: Position) => boolean {
    const copies = this.copiesToScreen(view);
    return (position) => {
      const point = this.from(position);
      return copies.some((toScreen) => {
        const { x, y } = apply(toScreen, point);
        return (
          x >= margin.left &&
          x <= view.width - margin.right &&
          y >= margin.top &&
          y <= view.height - margin.bottom
        );
      });
    };
  }

  /** Returns the transform from this plane to CSS pixels, y downwards. */
  toScreen({ center, zoom, bearing, width, height, padding }: View): Affine {
    const scale = (TILE_PX * 2 ** zoom) / this.#metresPerUnit;
    const turn = (-bearing * Math.PI) / 180;
    const cos = Math.cos(turn) * scale;
    const sin = Math.sin(turn) * scale;
    const { x, y } = this.from(center);
    return {
      a: cos,
      b: sin,
      c: -sin,
      d: cos,
      e: (width + padding.left - padding.right) / 2 - (cos * x - sin * y),
      f: (height + padding.top - padding.bottom) / 2 - (sin * x + cos * y),
    };
  }
}

/** Applies a transform to a point. */
export const apply = ({ a, b, c, d, e, f }: Affine, { x, y }: Point): Point => ({
  x: a * x + c * y + e,
  y: b * x + d * y + f,
});

/** Returns the bounding box of the uncovered part of the view: [west, south, east, north]; west > east over the antimeridian. */
export function boundsOf(
  plane: Plane,
  view: View,
): [west: number, south: number, east: number, north: number] {
  const back = inverse(plane.toScreen(view));
  const { top, right, bottom, left } = view.padding;
  const [x0, x1, y0, y1] = [left, view.width - right, top, view.height - bottom];
  const corners = [
    { x: x0, y: y0 },
    { x: x1, y: y0 },
    { x: x0, y: y1 },
    { x: x1, y: y1 },
  ].map((corner) => plane.position(apply(back, corner)));
  const lats = corners.map(({ lat }) => lat);
  const lngs = corners.map(({ lng }) => lng);
  const [west, east] = [Math.min(...lngs), Math.max(...lngs)];
  const isWholeWorld = east - west >= 360;
  return [
    isWholeWorld ? -180 : inRange(west),
    Math.min(...lats),
    isWholeWorld ? 180 : inRange(east),
    Math.max(...lats),
  ];
}

/** Returns the center and zoom that fit all points into the view, inside the padding and a margin. */
export function fitting(
  plane: Plane,
  points: readonly Position[],
  { bearing, width, height, padding }: Omit<View, 'center' | 'zoom'>,
  maxZoom: number,
  margin: Padding = NO_PADDING,
): Pick<View, 'center' | 'zoom'> {
  // Measure along the axes of the rotated screen; a latitude/longitude box would be far too large.
  const level = { center: points[0]!, zoom: 0, bearing, width, height, padding };
  const toScreen = plane.toScreen(level);
  const pixels = points.map((point) => apply(toScreen, plane.from(point)));
  const [left, right] = [Math.min(...pixels.map(({ x }) => x)), Math.max(...pixels.map(({ x }) => x))];
  const [top, bottom] = [Math.min(...pixels.map(({ y }) => y)), Math.max(...pixels.map(({ y }) => y))];
  const room = {
    x: Math.max(MIN_ROOM_PX, width - padding.left - padding.right - margin.left - margin.right),
    y: Math.max(MIN_ROOM_PX, height - padding.top - padding.bottom - margin.top - margin.bottom),
  };
  const zoom = Math.min(maxZoom, Math.log2(Math.min(room.x / (right - left), room.y / (bottom - top))));
  const shrunk = 2 ** -zoom / 2;
  const middle = {
    x: (left + right) / 2 + (margin.right - margin.left) * shrunk,
    y: (top + bottom) / 2 + (margin.bottom - margin.top) * shrunk,
  };
  return { center: plane.position(apply(inverse(toScreen), middle)), zoom };
}

const inRange = (lng: number): number => (lng < -180 ? lng + 360 : lng > 180 ? lng - 360 : lng);

const inverse = ({ a, b, c, d, e, f }: Affine): Affine => {
  const det = a * d - b * c;
  return {
    a: d / det,
    b: -b / det,
    c: -c / det,
    d: a / det,
    e: (c * f - d * e) / det,
    f: (b * e - a * f) / det,
  };
};
