/** A figure at one size. */
export type Point = { size: number; value: number };

/** Figures are measured, so they count as equal within this factor. */
const NOISE = 1.3;

/**
 * Returns the shape of a growth. Among at least three sizes it is the better fit, by least squares, of a line over the sizes and
 * of one over their logarithms; two sizes show only whether a figure has kept pace with the size.
 */
export function shapeOf(points: Point[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) return '';
  const values = points.map(({ value }) => value);
  const growth = last.value / Math.max(1e-9, first.value);
  if (Math.max(...values) < NOISE * Math.min(...values)) return 'flat';
  if (growth < 1 / NOISE) return 'falls';
  if (growth < NOISE) return 'irregular';
  if (points.length < 3)
    return growth < last.size / Math.max(1, first.size) / 2 ? 'less than linear' : 'linear';
  const ofLine = errorOf(points.map(({ size, value }) => [size, value]));
  const ofLogarithm = errorOf(points.map(({ size, value }) => [Math.log1p(size), value]));
  return ofLogarithm < ofLine ? 'logarithmic' : 'linear';
}

/** Sum of the squared distances of points from the best line through them. */
function errorOf(points: Array<[x: number, y: number]>): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = { x: mean(points.map(([x]) => x)), y: mean(points.map(([, y]) => y)) };
  const over = (of: (dx: number, dy: number) => number) =>
    points.reduce((sum, [x, y]) => sum + of(x - middle.x, y - middle.y), 0);
  const slope = over((dx, dy) => dx * dy) / over((dx) => dx * dx);
  return over((dx, dy) => (dy - slope * dx) ** 2);
}
