import type { ConnectionView } from '../../shared/live/connection-state.js';
import { ageMs, isStale } from '../../shared/live/figures.js';
import type { RiderState } from './state.js';
import { hasDriver } from './steps.js';

/**
 * Age of the position of the rider's car, ms; null without a car on the map.
 * @param now epoch ms by this device
 */
export const carAgeMs = ({ position, step }: RiderState, { clockAheadMs }: ConnectionView, now: number) =>
  ageMs(hasDriver(step) ? position : null, clockAheadMs, now);

/** Whether the car may be somewhere else than shown. */
export const isCarStale = (state: RiderState, connection: ConnectionView, now: number): boolean =>
  state.isSilent || isStale(carAgeMs(state, connection, now));
