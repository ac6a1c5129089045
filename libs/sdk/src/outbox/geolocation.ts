import type { Fix } from '#protocol';
import { clientError } from '../connection/errors.js';
import type { Abortable } from '../util/event-promise.js';
import { iterate } from '../util/iterate.js';

/** Options of {@link geolocationFixes}: `PositionOptions` of the Geolocation API, and a signal that ends it. */
export type GeolocationOptions = Abortable & {
  /** whether to use satellite positioning; true by default */
  enableHighAccuracy?: boolean;
  /** maximum age of a cached position, ms; 0 by default */
  maximumAge?: number;
  /** maximum time that the device may take for a position, ms; unlimited by default */
  timeout?: number;
};

/** The part of https://www.w3.org/TR/geolocation/ used here; only the DOM types have it. */
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
 * Iterates over the positions of the browser as fixes, for {@link DriverClient.follow}. It keeps waiting while the device
 * has no position or takes too long for one.
 * @throws {HexfleetError} in the next step: NO_GEOLOCATION, PERMISSION_DENIED
 */
export function geolocationFixes({
  signal,
  ...options
}: GeolocationOptions = {}): AsyncIterableIterator<Fix> {
  const { geolocation } = (globalThis as { navigator?: { geolocation?: Geolocation } }).navigator ?? {};
  return iterate<Fix>(
    (push, fail) => {
      if (geolocation === undefined) {
        fail(clientError('NO_GEOLOCATION'));
        return () => {};
      }
      const id = geolocation.watchPosition(
        (position) => push(fixOf(position)),
        ({ code }) => code === PERMISSION_DENIED && fail(clientError('PERMISSION_DENIED')),
        { enableHighAccuracy: true, ...options },
      );
      return () => geolocation.clearWatch(id);
    },
    { signal },
  );
}

/** Converts a position. Devices report an unknown value as null, some as NaN or -1. */
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
