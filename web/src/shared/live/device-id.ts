import { randomId } from '#sdk/util';
import { browserDeviceId } from './browser-device.js';
import { store, stored } from './storage.js';

const KEY = 'hexfleet-device-driver';

/**
 * Returns the id of this tab's device, the same after a reload: otherwise the connection of the page before, which the service
 * may not have closed yet, would count as a second device. The first tab of a browser is the browser's own device, so that a
 * subscription to notifications survives the tab. A further tab, also a copied one, gets an id of its own, because a lock shows
 * that another tab is open.
 */
export async function tabDeviceId(): Promise<string> {
  const own = stored(KEY);
  if (own !== null && (await hold(own))) return own;
  // Without locks, two tabs could take the same id.
  const shared = navigator.locks === undefined ? null : browserDeviceId('driver');
  if (shared !== null && shared !== own && (await hold(shared))) {
    store(KEY, shared);
    return shared;
  }
  const id = randomId();
  store(KEY, id);
  await hold(id);
  return id;
}

/** Holds the lock of an id for as long as the page is open. @returns whether no other tab of this browser holds it */
function hold(id: string): Promise<boolean> {
  // Missing on pages that were not served over HTTPS, and refused where site data is blocked.
  if (navigator.locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = (lock: Lock | null) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<void>(() => {});
    };
    navigator.locks.request(`${KEY} ${id}`, { ifAvailable: true }, held).catch(() => resolve(true));
  });
}
