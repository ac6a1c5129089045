import { describe, expect, it, vi } from 'vitest';
import type { Vehicle } from '#city';
import { manhattan, seeded } from '#city';
import { CODES, type Code, type Trip, type TripState } from '#protocol';
import { type Api, type DriverClient, HexfleetError } from '#sdk';
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
  eta: null,
});
const refusal = (code: Code) => new HexfleetError({ code, ...CODES[code] });

/** A driver whose car is always where it was sent at once. */
function driver() {
  let tell: (trip: Trip) => void = () => {};
  const driveTo = vi.fn();
  const step = vi.fn(async (id: string, state: TripState) => {
    tell(tripIn(state, id));
    return tripIn(state, id);
  });
  const trip = vi.fn(async (id: string) => tripIn('cancelled', id));
  const client = {
    on: (_: string, listener: (trip: Trip) => void) => {
      tell = listener;
    },
    step,
  } as unknown as DriverClient;
  const vehicle = { arrived: true, driveTo, stand: () => {} } as unknown as Vehicle;
  const work = new TripWork(client, { trip } as unknown as Api, CITY, vehicle, seeded(1));
  const goOn = async () => {
    for (let i = 0; i < 10; i += 1) {
      work.proceed(WHOLE_MINUTE_S);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return step.mock.calls.map(([id, state]) => (id === 'trip' ? state : `${id} ${state}`));
  };
  return { tell: (trip: Trip) => tell(trip), step, trip, goOn };
}

describe('a trip', () => {
  it.each([
    ['accepted', ['arriving', 'arrived', 'on_trip', 'completed']],
    ['arriving', ['arrived', 'on_trip', 'completed']],
    ['arrived', ['on_trip', 'completed']],
    ['on_trip', ['completed']],
  ] as const)('is driven to its end from where it stands: %s', async (state, steps) => {
    const { tell, goOn } = driver();
    tell(tripIn(state));
    expect(await goOn()).toEqual(steps);
    expect(await goOn(), 'and is over then').toEqual(steps);
  });

  it('that is called off frees its driver for the next', async () => {
    const { tell, goOn } = driver();
    tell(tripIn('on_trip'));
    tell(tripIn('cancelled'));
    expect(await goOn()).toEqual([]);
    tell(tripIn('on_trip', 'next'));
    expect(await goOn()).toEqual(['next completed']);
  });

  it('whose step is refused is looked up: one that is over, unheard, frees its driver', async () => {
    const { tell, step, trip, goOn } = driver();
    step.mockRejectedValueOnce(refusal('BAD_STATE'));
    tell(tripIn('arrived'));
    expect(await goOn()).toEqual(['on_trip']);
    expect(trip).toHaveBeenCalledWith('trip');
    tell(tripIn('on_trip', 'next'));
    expect(await goOn()).toEqual(['on_trip', 'next completed']);
  });

  it('whose step is not answered is told again', async () => {
    const { tell, step, goOn } = driver();
    step.mockRejectedValueOnce(refusal('UNAVAILABLE'));
    tell(tripIn('on_trip'));
    expect(await goOn()).toEqual(['completed', 'completed']);
  });
});
