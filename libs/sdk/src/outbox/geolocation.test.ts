import { afterEach, expect, test, vi } from 'vitest';
import { geolocationFixes } from './geolocation.js';

type Found = (position: object) => void;
type Failed = (error: { code: number }) => void;

/** Stubs the geolocation of a browser, so that the test calls its callbacks. */
function stubGeolocation() {
  const watch = { found: null as Found | null, failed: null as Failed | null, options: {} };
  vi.stubGlobal('navigator', {
    geolocation: {
      watchPosition: (found: Found, failed: Failed, options: object) => {
        Object.assign(watch, { found, failed, options });
        return 7;
      },
      clearWatch: (id: number) => {
        if (id === 7) watch.found = null;
      },
    },
  });
  return watch;
}
afterEach(() => vi.unstubAllGlobals());

const position = (coords: object, timestamp = 1_800_000_000_000.4) => ({
  timestamp,
  coords: { latitude: 40.7, longitude: -74, accuracy: 5, heading: null, speed: null, ...coords },
});

test('positions become fixes, and values unknown to the device become null', async () => {
  const watch = stubGeolocation();
  const fixes = geolocationFixes({ maximumAge: 500 });
  expect(watch.options).toEqual({ enableHighAccuracy: true, maximumAge: 500 });
  watch.found!(position({ heading: 90, speed: 8.5 }));
  watch.found!(position({ heading: Number.NaN, speed: -1, accuracy: 2e6 }));
  watch.found!(position({ heading: 360 }));
  const plain = { t: 1_800_000_000_000, lat: 40.7, lng: -74, accuracyM: 5, heading: null, speedMps: null };
  expect((await fixes.next()).value).toEqual({ ...plain, heading: 90, speedMps: 8.5 });
  expect((await fixes.next()).value).toEqual({ ...plain, accuracyM: 100_000 });
  expect((await fixes.next()).value).toEqual({ ...plain, heading: 0 });
  await fixes.return!();
  expect(watch.found).toBeNull();
});

test('it waits for a device without a position, and a denied permission is an error with a code', async () => {
  const watch = stubGeolocation();
  const fixes = geolocationFixes();
  for (const code of [2, 3]) watch.failed!({ code });
  watch.found!(position({}));
  expect(await fixes.next()).toMatchObject({ done: false });
  const next = fixes.next();
  watch.failed!({ code: 1 });
  await expect(next).rejects.toMatchObject({ code: 'PERMISSION_DENIED', retry: false });
  expect(watch.found).toBeNull();
});

test('an abort ends it, and missing geolocation is an error with a code', async () => {
  const watch = stubGeolocation();
  const controller = new AbortController();
  const next = geolocationFixes(controller).next();
  controller.abort(new Error('enough'));
  await expect(next).rejects.toThrow('enough');
  expect(watch.found).toBeNull();
  vi.stubGlobal('navigator', undefined);
  await expect(geolocationFixes().next()).rejects.toMatchObject({ code: 'NO_GEOLOCATION', retry: false });
});
