import { describe, expect, it, vi } from 'vitest';
import type { CityCar } from '#city';
import { manhattan, seeded } from '#city';
import { CODES, type Code, type Trip, type TripState } from '#protocol';
import { type DriverApi, type DriverClient, HexfleetError } from '#sdk';
import { TripWork } from './trip-work.js';

const CITY = manhattan();
const WHOLE_MINUTE_S = 60;

const tripIn = (state: TripState, id = 'trip'): Trip => ({
  id,
  riderId: 'r',
  driverId: 'd',
  pickup: CITY.nodes[10]!,
  dropoff: CITY.nodes[900]!,
  state,
  version: 3,
  createdAt: 0,
  changedAt: 0,
  times: {},
  cancelled: null,
  offer: null,
  surgeFactor: 1,
  eta: null,
});
const refusal = (code: Code) => new HexfleetError({ code, ...CODES[code] });

/** Creates a driver whose car arrives at once. */
function driver() {
  let push: (trip: Trip) => void = () => {};
  const driveTo = vi.fn();
  const step = vi.fn(async (id: string, state: TripState) => {
    push(tripIn(state, id));
    return tripIn(state, id);
  });
  const trip = vi.fn(async (id: string) => tripIn('cancelled', id));
  const client = {
    on: (_: string, listener: (trip: Trip) => void) => {
      push = listener;
    },
    step,
  } as unknown as DriverClient;
  const vehicle = { arrived: true, driveTo, stand: () => {} } as unknown as CityCar;
  const work = new TripWork(client, { trip } as unknown as DriverApi, CITY, vehicle, seeded(1));
  const advance = async () => {
    for (let i = 0; i < 10; i += 1) {
      work.proceed(WHOLE_MINUTE_S);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return step.mock.calls.map(([id, state]) => (id === 'trip' ? state : `${id} ${state}`));
  };
  return { push: (trip: Trip) => push(trip), step, trip, advance };
}

describe('a trip', () => {
  it.each([
    ['accepted', ['arriving', 'arrived', 'on_trip', 'completed']],
    ['arriving', ['arrived', 'on_trip', 'completed']],
    ['arrived', ['on_trip', 'completed']],
    ['on_trip', ['completed']],
  ] as const)('is completed from its current state: %s', async (state, steps) => {
    const { push, advance } = driver();
    push(tripIn(state));
    expect(await advance()).toEqual(steps);
    expect(await advance(), 'and ends there').toEqual(steps);
  });

  it('that is cancelled frees its driver for the next one', async () => {
    const { push, advance } = driver();
    push(tripIn('on_trip'));
    push(tripIn('cancelled'));
    expect(await advance()).toEqual([]);
    push(tripIn('on_trip', 'next'));
    expect(await advance()).toEqual(['next completed']);
  });

  it('is reloaded when a step is refused, and frees its driver if it has ended', async () => {
    const { push, step, trip, advance } = driver();
    step.mockRejectedValueOnce(refusal('BAD_STATE'));
    push(tripIn('arrived'));
    expect(await advance()).toEqual(['on_trip']);
    expect(trip).toHaveBeenCalledWith('trip');
    push(tripIn('on_trip', 'next'));
    expect(await advance()).toEqual(['on_trip', 'next completed']);
  });

  it('retries a step that is not answered', async () => {
    const { push, step, advance } = driver();
    step.mockRejectedValueOnce(refusal('UNAVAILABLE'));
    push(tripIn('on_trip'));
    expect(await advance()).toEqual(['completed', 'completed']);
  });
});
