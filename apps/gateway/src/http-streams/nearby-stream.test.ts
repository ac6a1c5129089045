import { expect, test } from 'vitest';
import type { Frame, NearbyStreamEvents, PlacedVehicle } from '#protocol';
import type { EventSink } from './event-sink.js';
import { type NearbySources, NearbyStream } from './nearby-stream.js';

const AREA = { lat: 40.75, lng: -73.99, radiusM: 500 };

/** A stream for a polling client that has an older snapshot; each read of the fleet ends when the test says so. */
function startPolling() {
  const reads: Array<(cars: PlacedVehicle[]) => void> = [];
  const sent: object[] = [];
  let push = () => {};
  const sources = {
    hub: { listen: () => ({ socket: {}, close: () => {} }) },
    frames: {
      subscribe: async (receive: (frame: Frame) => void) => {
        push = () => receive({ tick: 1, cell: '', moved: [], gone: [] });
      },
    },
    fleetView: {
      carsIn: async () => ({ cars: await new Promise<PlacedVehicle[]>((resolve) => reads.push(resolve)) }),
    },
  } as unknown as NearbySources;
  const sink = { send: (_, data) => sent.push(data) } as Partial<
    EventSink<NearbyStreamEvents>
  > as EventSink<NearbyStreamEvents>;
  const begun = new NearbyStream(sources, AREA, 'an older snapshot', sink).begin();
  return { reads, sent, push: () => push(), begun };
}

const carAt = (t: number) => ({ id: 'car', t, ...AREA }) as unknown as PlacedVehicle;

test('a frame that arrives while the cars are read makes a polling client get the cars read after it', async () => {
  const { reads, sent, push, begun } = startPolling();
  await expect.poll(() => reads.length).toBe(1);
  push();
  push();
  expect(reads, 'one read at a time').toHaveLength(1);
  reads[0]!([carAt(1)]);
  await expect.poll(() => reads.length).toBe(2);
  reads[1]!([carAt(2)]);
  await begun;
  expect(sent.at(-1)).toMatchObject({ cars: [carAt(2)] });
  expect(reads, 'no read without a frame').toHaveLength(2);
});
