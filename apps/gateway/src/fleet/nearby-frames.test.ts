import { beforeEach, expect, test } from 'vitest';
import { destination } from '#geo';
import { coverCircle, indexCellsAround, NEARBY_RESOLUTION } from '#geo/cells';
import { cellRoom, nearbyRoom } from '#protocol';
import type { CarChanges, Hub, RoomHandlers } from '#realtime';
import { GridCars } from './grid-cars.js';
import { NearbyFrames } from './nearby-frames.js';

const HERE = { lat: 40.75, lng: -73.99 };
const [first, ...others] = coverCircle(HERE, 1_000, NEARBY_RESOLUTION) as [string, ...string[]];
const [far] = coverCircle(destination(HERE, 90, 30_000), 10, NEARBY_RESOLUTION) as [string];

let rooms: Set<string>;
let deliver: (changes: CarChanges) => void;
let frames: NearbyFrames;
beforeEach(() => {
  rooms = new Set();
  const hub = {
    listenForNode: (_: string, { event }: RoomHandlers<'/rider'>) => {
      deliver = (payload) => event({ event: 'cars:changed', payload });
      return {
        socket: { rooms },
        join: async (joined: string[]) => {
          for (const room of joined) rooms.add(room);
        },
        leave: (room: string) => rooms.delete(room),
        close: () => rooms.clear(),
      };
    },
  };
  frames = new NearbyFrames(hub as unknown as Hub, new GridCars());
});

const roomsOf = (cells: string[]) =>
  new Set(cells.flatMap((cell) => [cellRoom(cell), ...indexCellsAround(cell).map(nearbyRoom)]));

test('is in the rooms of the watched cells and of the index cells around them, until nobody watches', async () => {
  const [one, other] = [() => {}, () => {}];
  await frames.subscribe(one, [first, ...others]);
  await frames.subscribe(other, [first, far]);
  expect(rooms).toEqual(roomsOf([first, ...others, far]));
  frames.unsubscribe(one, [first, ...others]);
  expect(rooms).toEqual(roomsOf([first, far]));
  frames.unsubscribe(other, [far, far]);
  expect(rooms).toEqual(roomsOf([first]));
  frames.unsubscribe(other, [first]);
  expect(rooms).toEqual(new Set());
});

test('passes a frame to the receivers of its cell only', async () => {
  const received: string[] = [];
  await frames.subscribe(({ cell }) => received.push(`one ${cell}`), [first]);
  await frames.subscribe(({ cell }) => received.push(`other ${cell}`), [first, far]);
  const frame = (cell: string): CarChanges => ({ tick: 1, cell, moved: [], gone: [] });
  deliver(frame(far));
  deliver(frame(first));
  expect(received).toEqual([`other ${far}`, `one ${first}`, `other ${first}`]);
});

test('passes each car where it is held until the next interval, the same to all receivers', async () => {
  const received: unknown[] = [];
  await frames.subscribe(({ moved }) => received.push(...moved), [first]);
  const changes = (metres: number): CarChanges => ({
    tick: 1,
    cell: first,
    moved: [{ key: 'd/1', ...destination(HERE, 90, metres), receivedAt: Date.now() }],
    gone: [],
  });
  deliver(changes(0));
  expect(received).toMatchObject([{ key: 'd/1', cell: first, heading: null }]);
  expect(JSON.stringify(received)).not.toContain('receivedAt');
});
