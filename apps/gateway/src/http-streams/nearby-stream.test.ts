import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NEAREST_CARS, type NearbyStreamEvents, type PlacedCar } from '#protocol';
import { ALL_RIGHTS } from '#realtime';
import type { HeldCar } from '../fleet/grid-cars.js';
import type { KnownCar } from '../fleet/nearest-cars.js';
import type { EventSink } from './event-sink.js';
import { type NearbySources, NearbyStream } from './nearby-stream.js';

const AREA = { lat: 40.75, lng: -73.99, radiusM: 500 };
const INTERVAL_MS = 5_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A stream for a polling client that has an older snapshot; each read of the fleet ends when the test says so. */
function startPolling() {
  const reads: Array<(cars: KnownCar[]) => void> = [];
  const sent: object[] = [];
  let push = () => {};
  const sources = {
    hub: { listen: () => ({ socket: { data: {} }, close: () => {} }) },
    places: { pin: () => {} },
    frames: {
      subscribe: async (receive: () => void) => {
        push = receive;
      },
      unsubscribe: () => {},
    },
    fleetView: {
      recentDriversOf: async () => new Set(),
      carsIn: async () => ({ cars: await new Promise<KnownCar[]>((resolve) => reads.push(resolve)) }),
      current: () => null,
      named: ({ key, ...car }: HeldCar, session: string) => ({ id: `${key} in ${session}`, ...car }),
    },
  } as unknown as NearbySources;
  const sink = { send: (_, data) => sent.push(data) } as Partial<
    EventSink<NearbyStreamEvents>
  > as EventSink<NearbyStreamEvents>;
  const user = { role: 'rider', userId: 'r', expiresAt: 0, session: 's', ...ALL_RIGHTS } as const;
  const stream = new NearbyStream(sources, user, AREA, 'an older snapshot', sink);
  return { reads, sent, push: () => push(), begun: stream.begin(), stream };
}

const carAt = (t: number, key = 'car'): KnownCar => ({
  car: { key, ...AREA, heading: null, t, cell: 'a' },
  cell: 'a',
});
const settle = () => vi.advanceTimersByTimeAsync(0);

test('cars that change make a polling client get the cars at its next slot, all of them together', async () => {
  const { reads, sent, push, begun } = startPolling();
  await settle();
  expect(reads).toHaveLength(1);
  push();
  push();
  reads[0]!([carAt(1)]);
  await begun;
  expect(sent).toMatchObject([{ cars: [{ id: 'car in s', t: 1 }] }]);
  expect(reads, 'nothing before the slot').toHaveLength(1);
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect(reads, 'one read for both changes').toHaveLength(2);
  push();
  reads[1]!([carAt(2)]);
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect(sent.at(-1)).toMatchObject({ cars: [{ t: 2 }] });
  expect(reads, 'another one for the change during the read').toHaveLength(3);
});

test('a polling client gets the twelve nearest cars', async () => {
  const { reads, sent, begun } = startPolling();
  await settle();
  reads[0]!(Array.from({ length: 40 }, (_, i) => carAt(1, `car-${i}`)));
  await begun;
  const [{ cars }] = sent as [{ cars: PlacedCar[] }];
  expect(cars.map(({ id }) => id)).toEqual(Array.from({ length: NEAREST_CARS }, (_, i) => `car-${i} in s`));
});

test('a stream that was closed reads nothing more', async () => {
  const { reads, push, begun, stream } = startPolling();
  await settle();
  reads[0]!([]);
  await begun;
  push();
  stream.close();
  await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
  push();
  await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
  expect(reads).toHaveLength(1);
});
