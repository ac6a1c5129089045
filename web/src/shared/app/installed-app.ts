import type { ReadableAtom } from 'nanostores';
import type { Trip } from '#protocol';
import type { UserApi } from '#sdk';

/** Parts of an installable page that its app needs besides what it shows. */
export type InstalledApp = {
  page: 'rider' | 'driver' | 'dispatch';
  userId: string;
  api: UserApi;
  /** under which the client connects */
  deviceId: string;
  /** current trip of a rider or driver, kept for a start without a connection */
  $trip?: ReadableAtom<{ trip: Trip | null }>;
};
