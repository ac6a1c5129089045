import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { City } from '#city';
import { seeded } from '#city';
import { cachedToken, devToken } from '#sdk';
import { SimRider } from './sim-rider.js';

/** Riders per hundred vehicles. Each is on a trip 90 % of the time, so a third of the fleet is busy. */
const RIDERS_PER_HUNDRED = 37;
/** Upper bound, however large the fleet. */
const MAX_RIDERS = 2_000;
/** Time over which the first requests are spread. */
const RAMP_UP_MS = 90_000;

/** Starts the riders, the same ones in every run. @returns a function that stops them */
export function startRiders(
  url: string,
  city: City,
  vehicles: number,
  onFailure: (error: unknown) => void,
): () => void {
  const count = Math.min(MAX_RIDERS, Math.ceil((vehicles / 100) * RIDERS_PER_HUNDRED));
  const stopping = new AbortController();
  const { signal } = stopping;
  // Every rider listens to it.
  setMaxListeners(0, signal);
  const start = async (i: number) => {
    const riderId = `rider-${String(i + 1).padStart(4, '0')}`;
    const token = cachedToken(() => devToken('rider', riderId, url));
    await sleep((i / count) * RAMP_UP_MS, undefined, { signal });
    await new SimRider(city, seeded(1_000_000 + i), { url, token }).run(signal);
  };
  for (let i = 0; i < count; i += 1)
    start(i).catch((error: unknown) => {
      if (!signal.aborted) onFailure(error);
    });
  return () => stopping.abort();
}
