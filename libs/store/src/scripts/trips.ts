import { keys } from '../keys.js';
import { script, succeeded } from './script.js';

type OfTrip = { tripId: string };

const trip = ({ tripId }: OfTrip) => [keys.trip(tripId)] as const;

type ChangeTrip = OfTrip & {
  /** 0 for a new trip */
  expectedVersion: number;
  version: number;
  json: string;
  ttlS: number;
  deletesEstimate: boolean;
  once: { field: string; print: string } | null;
};

/** Writes a trip. Returns false if another version than the expected one is stored. */
export const changeTrip = script('change-trip-1', {
  keys: trip,
  args: ({ expectedVersion, version, json, ttlS, deletesEstimate, once }: ChangeTrip) => [
    expectedVersion,
    version,
    json,
    ttlS,
    deletesEstimate ? 1 : 0,
    ...(once === null ? [] : [once.field, once.print]),
  ],
  result: succeeded,
});

/** Stores the latest estimate of a trip. Returns false if the trip has changed. */
export const estimateTrip = script('estimate-trip-1', {
  keys: trip,
  args: ({ version, json }: OfTrip & { version: number; json: string }) => [version, json],
  result: succeeded,
});

/** Takes up to `limit` trips that are due, and postpones them until `until`. Times in epoch ms. Returns their ids. */
export const takeDueTrips = script('take-due-trips-1', {
  keys: () => [keys.trips] as const,
  args: ({ now, until, limit }: { now: number; until: number; limit: number }) => [now, until, limit],
  result: (ids: string[]) => ids,
});
