import { expect } from 'vitest';
import type { ZoneDraft } from '#sdk';
import { openSdkEditor } from '../fixtures/sdk-editor.js';
import { test } from '../fixtures/test.js';
import { SQUARE } from '../fixtures/zone-clients.js';
import { regionOf } from '../fixtures/zones.js';

const MINUTE_MS = 60_000;

test('two browsers edit for a minute without a network, and everything is merged afterwards', async ({
  system,
  browser,
}) => {
  const region = regionOf(0, 172);
  const editors = [
    await openSdkEditor(browser, system, region, 0, 'zones-minute-ann'),
    await openSdkEditor(browser, system, region, 1, 'zones-minute-ben'),
  ];
  const [ann, ben] = editors as [(typeof editors)[0], (typeof editors)[0]];
  await expect.poll(async () => (await ann.state()).isSaved).toBe(true);
  const shared = await ann.add('Shared', SQUARE);
  await expect.poll(() => ben.ring(shared)).toEqual(SQUARE);
  for (const { context } of editors) await context.setOffline(true);
  await expect
    .poll(async () => [(await ann.state()).isOnline, (await ben.state()).isOnline])
    .toEqual([false, false]);

  const end = Date.now() + MINUTE_MS;
  const ring = SQUARE.slice();
  const names = ['Shared'];
  for (let n = 1; Date.now() < end; n += 1) {
    for (const [i, editor] of editors.entries()) {
      const vertex = 2 * i;
      const [lng, lat] = SQUARE[vertex]!;
      ring[vertex] = [lng + n / 100_000, lat];
      await editor.move(shared, vertex, ring[vertex]!);
      if (n % 50 === 0) {
        names.push(`Zone ${n} of ${i}`);
        await editor.add(`Zone ${n} of ${i}`, SQUARE);
      }
    }
  }
  expect(names.length).toBeGreaterThan(3);
  for (const { context } of editors) await context.setOffline(false);
  await expect
    .poll(async () => [(await ann.state()).isSaved, (await ben.state()).isSaved], { timeout: 30_000 })
    .toEqual([true, true]);
  const zonesOf = async ({ zones }: (typeof editors)[0]): Promise<ZoneDraft[]> => zones();
  await expect.poll(async () => (await zonesOf(ann)).map(({ name }) => name).sort()).toEqual(names.sort());
  await expect.poll(() => zonesOf(ben)).toEqual(await zonesOf(ann));
  expect(await ann.ring(shared)).toEqual(ring);
  for (const { context } of editors) await context.close();
}, 150_000);
