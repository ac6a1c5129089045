import type { Page } from 'playwright-core';

/** What the map draws by day, as in web/src/map/palette.ts. */
export const COLOURS = { followed: [242, 80, 15], approach: [249, 176, 140] } as const;

/** Fewer pixels than this are the edge of something else. */
const MIN_PIXELS = 20;

/** The middle of what has a colour in a picture; the test's own code, run in the page, which can decode a picture. */
const MIDDLE = `async (picture, [r, g, b]) => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + picture)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  let [n, x, y] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4)
    if (Math.hypot(data[i] - r, data[i + 1] - g, data[i + 2] - b) < 40)
      [n, x, y] = [n + 1, x + ((i / 4) % image.width), y + Math.floor(i / 4 / image.width)];
  return n < ${MIN_PIXELS} ? null : { x: x / n, y: y / n };
}`;

/** Where on the screen something of a colour is seen, CSS pixels; null where nothing is. */
export async function seenAt(
  page: Page,
  colour: keyof typeof COLOURS,
): Promise<{ x: number; y: number } | null> {
  const picture = (await page.screenshot()).toString('base64');
  return page.evaluate(`(${MIDDLE})('${picture}', [${COLOURS[colour]}])`);
}
