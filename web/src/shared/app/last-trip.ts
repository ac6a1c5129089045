import { isOpen, type Trip } from '#protocol';
import { keep, kept } from '../live/browser-storage.js';

/** A trip as it was when the page last knew. */
export type LastTrip = {
  trip: Trip;
  /** epoch ms by the device's clock */
  at: number;
};

/** Age above which a trip helps nobody, ms. */
const MAX_AGE_MS = 86_400_000;

const keyOf = (page: string): string => `hexfleet-last-trip-${page}`;

/** Keeps a trip for a start without a connection, instead of the one before. */
export function keepTrip(page: string, userId: string, trip: Trip): void {
  const { pin, ...rest } = trip;
  // Nobody needs it after the end.
  const shown = pin !== undefined && isOpen(trip.state) ? trip : rest;
  keep(keyOf(page), JSON.stringify({ userId, trip: shown, at: Date.now() }));
}

/** Returns the last trip of this user; null without a recent one. */
export function lastTrip(page: string, userId: string): LastTrip | null {
  try {
    const stored = JSON.parse(kept(keyOf(page)) ?? 'null') as (LastTrip & { userId: string }) | null;
    if (stored === null || stored.userId !== userId || Date.now() - stored.at > MAX_AGE_MS) return null;
    return { trip: stored.trip, at: stored.at };
  } catch {
    return null;
  }
}
