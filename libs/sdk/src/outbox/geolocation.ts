import type { Fix } from '#protocol';
import { failedHere } from '../connection/errors.js';
import type { Abortable } from '../util/event-promise.js';
import { iterate } from '../util/iterate.js';

/** How the browser is to read the position: `PositionOptions` of the Geolocation API, and a signal that ends it. */
export type GeolocationOptions = Abortable & {
  /** by satellite; true by default */
  enableHighAccuracy?: boolean;
  /** how old a position may be that the device has at hand, ms; 0 by default */
  maximumAge?: number;
  /** how long the device may take for one, ms; without an end by default */
  timeout?: number;
};

/** What of https://www.w3.org/TR/geolocation/ is used here; other environments have no types of it. */
type Position = {
  /** epoch ms */
  timestamp: number;
  coords: {
    latitude: number;
    longitude: number;
    /** metres, 95 % */
    accuracy: number;
    heading: number | null;
    speed: number | null;
  };
};
type Geolocation = {
  watchPosition(
    found: (position: Position) => void,
    failed: (error: { code: number }) => void,
    options: object,
  ): number;
  clearWatch(id: number): void;
};

const PERMISSION_DENIED = 1;
const MAX_ACCURACY_M = 100_000;

/**
 * The positions of the browser as fixes, for {@link DriverClient.follow}. A device that has no position for a while, or
 * takes too long, is waited for.
 * @throws {HexfleetError} at the next step: NO_GEOLOCATION, PERMISSION_DENIED
 */
export function geolocationFixes({
  signal,
  ...options
}: GeolocationOptions = {}): AsyncIterableIterator<Fix> {
  const { geolocation } = (globalThis as { navigator?: { geolocation?: Geolocation } }).navigator ?? {};
  return iterate<Fix>(
    (push, fail) => {
      if (geolocation === undefined) {
        fail(failedHere('NO_GEOLOCATION'));
        return () => {};
      }
      const id = geolocation.watchPosition(
        (position) => push(fixOf(position)),
        ({ code }) => code === PERMISSION_DENIED && fail(failedHere('PERMISSION_DENIED')),
        { enableHighAccuracy: true, ...options },
      );
      return () => geolocation.clearWatch(id);
    },
    { signal },
  );
}

/** What a device does not know, it reports as null, some as NaN or -1. */
function fixOf({ timestamp, coords }: Position): Fix {
  const { latitude, longitude, accuracy, heading, speed } = coords;
  return {
    t: Math.round(timestamp),
    lat: latitude,
    lng: longitude,
    accuracyM: isKnown(accuracy) ? Math.min(accuracy, MAX_ACCURACY_M) : null,
    heading: isKnown(heading) ? heading % 360 : null,
    speedMps: isKnown(speed) ? speed : null,
  };
}

const isKnown = (value: number | null): value is number =>
  value !== null && Number.isFinite(value) && value >= 0;
