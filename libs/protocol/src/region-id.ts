/** Base cells of H3 that are pentagons: they lack the children on one of their six sides. */
const PENTAGONS = new Set([4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117]);
const BASE_CELLS = 122;

/**
 * Whether a text is a region, a cell of H3 of resolution 3. Between the resolution and the unused digits, it has a base cell of
 * seven bits and three digits of three: https://h3geo.org/docs/core-library/h3Indexing
 */
export function isRegion(text: string): boolean {
  const bits = /^83([0-9a-f]{4})fffffffff$/.exec(text)?.[1];
  if (bits === undefined) return false;
  const number = Number.parseInt(bits, 16);
  const baseCell = number >> 9;
  const digits = [(number >> 6) & 7, (number >> 3) & 7, number & 7];
  if (baseCell >= BASE_CELLS || digits.includes(7)) return false;
  return !PENTAGONS.has(baseCell) || digits.find((digit) => digit !== 0) !== 1;
}
