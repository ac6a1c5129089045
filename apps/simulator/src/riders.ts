import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { City } from '#city';
import { seeded } from '#city';
import { cachedToken, devToken } from '#sdk';
import { SimRider } from './sim-rider.js';

/** Of a hundred vehicles so many riders: each is on a trip nine tenths of its time, so that a third of the fleet is. */
const RIDERS_PER_HUNDRED = 37;
/** However large the fleet is. */
const MAX_RIDERS = 2_000;
/** They begin one after the other within this time. */
const FIRST_MS = 90_000;

/** People who want a car, always the same ones. @returns a function that ends them */
export function startRiders(
  url: string,
  city: City,
  vehicles: number,
  onFailure: (error: unknown) => void,
): () => void {
  const count = Math.min(MAX_RIDERS, Math.ceil((vehicles / 100) * RIDERS_PER_HUNDRED));
  const stopping = new AbortController();
  const { signal } = stopping;
  // Every rider waits for it.
  setMaxListeners(0, signal);
  const start = async (i: number) => {
    const riderId = `rider-${String(i + 1).padStart(4, '0')}`;
    const token = cachedToken(() => devToken('rider', riderId, url));
    await sleep((i / count) * FIRST_MS, undefined, { signal });
    await new SimRider(city, seeded(1_000_000 + i), { url, token }).run(signal);
  };
  for (let i = 0; i < count; i += 1)
    start(i).catch((error: unknown) => {
      if (!signal.aborted) onFailure(error);
    });
  return () => stopping.abort();
}
