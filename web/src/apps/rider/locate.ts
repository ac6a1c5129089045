import type { Position } from '#protocol';
import { isInCity } from '../../shared/live/city-places.js';

export type Located = { at: Position } | { problem: 'NOT_IN_CITY' | 'PERMISSION_DENIED' | 'NO_POSITION' };

/** Returns the location of this device, or the reason why it cannot be the pick-up. */
export const locate = (): Promise<Located> =>
  new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: lat, longitude: lng } }) =>
        resolve(isInCity({ lat, lng }) ? { at: { lat, lng } } : { problem: 'NOT_IN_CITY' }),
      ({ code }) => resolve({ problem: code === 1 ? 'PERMISSION_DENIED' : 'NO_POSITION' }),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
    );
  });
