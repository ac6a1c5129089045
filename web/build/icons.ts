import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { png } from './png.ts';

/** Sizes that installed pages need: 180 for iOS, the others for manifests. */
const SIZES = [180, 192, 512];
/** Samples in each direction of a pixel. */
const SAMPLES = 4;

type Polygon = { colour: [number, number, number]; points: Array<[x: number, y: number]> };

/** Reads the filled polygons of a drawing, whose paths have absolute straight lines only. */
export function polygonsOf(svg: string): Polygon[] {
  return [...svg.matchAll(/<path fill="#([0-9a-f]{6})" d="([^"]+)"/g)].map(([, colour, path]) => {
    const rest = path!.replace(/[MLHVZ]/g, '').trim();
    if (/[a-zA-Z]/.test(rest)) throw new Error(`The icon has more than straight lines: ${path}`);
    let at: [number, number] = [0, 0];
    const points: Polygon['points'] = [];
    for (const [, command, text] of path!.matchAll(/([MLHV])([^MLHVZ]*)/g)) {
      const numbers = text!
        .trim()
        .split(/[\s,]+/)
        .map(Number);
      const step = command === 'H' || command === 'V' ? 1 : 2;
      for (let i = 0; i < numbers.length; i += step) {
        if (command === 'H') at = [numbers[i]!, at[1]];
        else if (command === 'V') at = [at[0], numbers[i]!];
        else at = [numbers[i]!, numbers[i + 1]!];
        points.push(at);
      }
    }
    const value = Number.parseInt(colour!, 16);
    return { colour: [value >> 16, (value >> 8) & 255, value & 255], points };
  });
}

/** Even-odd rule: counts the edges to the right of a point. */
function isInside(points: Polygon['points'], x: number, y: number): boolean {
  let inside = false;
  for (const [i, [x1, y1]] of points.entries()) {
    const [x2, y2] = points[(i + 1) % points.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  }
  return inside;
}

/** Draws a square icon. @param width of the drawing, in its own units */
export function drawIcon(polygons: Polygon[], width: number, size: number): Buffer {
  const rgb = new Uint8Array(size * size * 3);
  const unit = width / (size * SAMPLES);
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const sum = [0, 0, 0];
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
        const sx = (x * SAMPLES + (sample % SAMPLES) + 0.5) * unit;
        const sy = (y * SAMPLES + Math.floor(sample / SAMPLES) + 0.5) * unit;
        const top = polygons.findLast(({ points }) => isInside(points, sx, sy));
        for (const channel of [0, 1, 2]) sum[channel]! += top?.colour[channel] ?? 0;
      }
      for (const channel of [0, 1, 2])
        rgb[(y * size + x) * 3 + channel] = Math.round(sum[channel]! / SAMPLES ** 2);
    }
  return png(size, rgb);
}

/** Adds the icon of installed pages in each size, drawn from `web/icon.svg`. */
export const icons: Plugin = {
  name: 'icons',
  apply: 'build',
  generateBundle() {
    const svg = readFileSync(join(import.meta.dirname, '../icon.svg'), 'utf8');
    const polygons = polygonsOf(svg);
    for (const size of SIZES)
      this.emitFile({ type: 'asset', fileName: `icon-${size}.png`, source: drawIcon(polygons, 32, size) });
    this.emitFile({ type: 'asset', fileName: 'icon.svg', source: svg });
  },
};
