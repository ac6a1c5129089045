import { expect } from 'vitest';
import { openSdkEditor } from '../fixtures/sdk-editor.js';
import { test } from '../fixtures/test.js';
import { SQUARE } from '../fixtures/zone-clients.js';
import { regionOf } from '../fixtures/zones.js';

test('two browsers move two vertices of one polygon, edit without a network across a reload, and merge', async ({
  system,
  browser,
}) => {
  const region = regionOf(0, 160);
  const [ann, ben] = [
    await openSdkEditor(browser, system, region, 0, 'zones-page-ann'),
    await openSdkEditor(browser, system, region, 1, 'zones-page-ben'),
  ];
  await expect
    .poll(async () => [await ann.state(), await ben.state()])
    .toMatchObject(Array(2).fill({ isLoaded: true, isSaved: true }));
  const id = await ann.add('A', SQUARE);
  await expect.poll(() => ben.ring(id)).toEqual(SQUARE);
  await Promise.all([ann.move(id, 0, [9, 50]), ben.move(id, 2, [12, 52])]);
  const both = [
    [9, 50],
    [11, 50],
    [12, 52],
    [10, 51],
  ];
  await expect.poll(async () => [await ann.ring(id), await ben.ring(id)]).toEqual([both, both]);

  await Promise.all([ann.context.setOffline(true), ben.context.setOffline(true)]);
  await expect
    .poll(async () => [(await ann.state()).isOnline, (await ben.state()).isOnline])
    .toEqual([false, false]);
  await ann.move(id, 1, [11, 49]);
  await ben.move(id, 3, [10, 53]);
  await Promise.all([ann.context.setOffline(false), ben.context.setOffline(false)]);
  await ann.start();
  const merged = [
    [9, 50],
    [11, 49],
    [12, 52],
    [10, 53],
  ];
  await expect.poll(async () => [await ann.ring(id), await ben.ring(id)]).toEqual([merged, merged]);
  await expect.poll(async () => (await ann.state()).isSaved).toBe(true);
  await Promise.all([ann.context.close(), ben.context.close()]);
});
