import type { Scheme } from '../../../../shared/map/adapter.js';
import { KIND_ORDER, KINDS, type Pattern } from '../kinds.js';

/** Side of a tile of a pattern, in pixels of the image, which has twice the density of the map. */
const SIDE = 24;
const RATIO = 2;
const OPACITY: Record<Scheme, number> = { light: 0.34, dark: 0.4 };

type Ink = CanvasRenderingContext2D;

const line = (ink: Ink, ...points: Array<[x: number, y: number]>) => {
  ink.beginPath();
  for (const [x, y] of points) ink.lineTo(x, y);
  ink.stroke();
};
/** Draws a diagonal of a tile and the corners of its neighbours, so that the joins have no gaps. */
const rising = (ink: Ink) => {
  for (const shift of [-SIDE, 0, SIDE]) line(ink, [shift, SIDE], [shift + SIDE, 0]);
};
const falling = (ink: Ink) => {
  for (const shift of [-SIDE, 0, SIDE]) line(ink, [shift, 0], [shift + SIDE, SIDE]);
};
const dot = (ink: Ink, x: number, y: number) => {
  ink.beginPath();
  ink.arc(x, y, 2.4, 0, 2 * Math.PI);
  ink.fill();
};

const DRAW: Record<Pattern, (ink: Ink) => void> = {
  none: () => {},
  rising,
  falling,
  crossed: (ink) => {
    rising(ink);
    falling(ink);
  },
  dots: (ink) => {
    dot(ink, SIDE / 4, SIDE / 4);
    dot(ink, (3 * SIDE) / 4, (3 * SIDE) / 4);
  },
  rows: (ink) => line(ink, [0, SIDE / 2], [SIDE, SIDE / 2]),
  columns: (ink) => line(ink, [SIDE / 2, 0], [SIDE / 2, SIDE]),
  plus: (ink) => {
    line(ink, [SIDE / 2, SIDE / 4], [SIDE / 2, (3 * SIDE) / 4]);
    line(ink, [SIDE / 4, SIDE / 2], [(3 * SIDE) / 4, SIDE / 2]);
  },
};

export const imageName = (kind: string, scheme: Scheme): string => `zone-${kind}-${scheme}`;

/** Returns the images of the patterns by name, each with the density that the map needs to know. */
export function patternImages(): Array<{ name: string; image: ImageData; pixelRatio: number }> {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE;
  const ink = canvas.getContext('2d', { willReadFrequently: true })!;
  ink.lineWidth = 2.2;
  return KIND_ORDER.flatMap((kind) =>
    (['light', 'dark'] as const).map((scheme) => {
      ink.clearRect(0, 0, SIDE, SIDE);
      ink.globalAlpha = OPACITY[scheme];
      ink.strokeStyle = ink.fillStyle = KINDS[kind][scheme];
      DRAW[KINDS[kind].pattern](ink);
      return {
        name: imageName(kind, scheme),
        image: ink.getImageData(0, 0, SIDE, SIDE),
        pixelRatio: RATIO,
      };
    }),
  );
}
