import { RIDER_INTERVAL_MS } from '#protocol';

/** Returns a random place within the interval: views take turns, so that not all are updated at the same moment. */
export const randomSlot = (): number => Math.random() * RIDER_INTERVAL_MS;

/**
 * Returns the time until a view is updated next. Changes wait for it, because the moment at which a car reports would
 * distinguish it from others, also under its next name.
 * @param slot place of the view within the interval, ms
 * @param now epoch ms
 */
export const msUntil = (slot: number, now: number): number =>
  RIDER_INTERVAL_MS - ((((now - slot) % RIDER_INTERVAL_MS) + RIDER_INTERVAL_MS) % RIDER_INTERVAL_MS);
