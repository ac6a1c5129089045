import { randomId } from '#sdk/util';
import { keep, kept } from './browser-storage.js';

/** Returns the id of this browser as a device of an app, which its tabs share. */
export function browserDeviceId(app: string): string {
  const key = `hexfleet-device-${app}`;
  const id = kept(key) ?? randomId();
  keep(key, id);
  return id;
}
