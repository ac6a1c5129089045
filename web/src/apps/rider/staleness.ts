import { ageMs, isStale } from '../../shared/live/figures.js';
import type { RiderState } from './state.js';
import { hasDriver } from './steps.js';

/**
 * Age of the position of the rider's car, ms; null without a car on the map.
 * @param now epoch ms by the service's clock
 */
export const carAgeMs = ({ position, step }: RiderState, now: number): number | null =>
  ageMs(hasDriver(step) ? position : null, now);

/** Whether the car may be somewhere else than shown. */
export const isCarStale = (state: RiderState, now: number): boolean =>
  state.isSilent || isStale(carAgeMs(state, now));
