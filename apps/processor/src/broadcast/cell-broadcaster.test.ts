import { beforeEach, describe, expect, test } from 'vitest';
import { AT_START, destination, type Point, RIDER_GRID_M, snapToGrid } from '#geo';
import { indexCell, nearbyCell } from '#geo/cells';
import { cellRoom, type Frame, nearbyRoom } from '#protocol';
import type { CarChanges, Hub, Room } from '#realtime';
import type { DriverRecord } from '#store';
import { recordAt, shownAtPlace } from '../../../../test/fixtures/records.js';
import { CellBroadcaster } from './cell-broadcaster.js';

const HERE = { lat: 40.75, lng: -73.99 };
const NEAR = destination(HERE, 90, 1_500);
const ELSEWHERE = { lat: 48.86, lng: 2.35 };

let occupied: Set<string>;
let queried: string[];
let isAway: boolean;
let sent: Array<[room: string, moved: string[], gone: string[]]>;
let broadcaster: CellBroadcaster;
const name = ({ namespace, room }: Room) => `${namespace} ${room}`;

beforeEach(() => {
  occupied = new Set();
  queried = [];
  isAway = false;
  sent = [];
  const hub = {
    occupied: async <R extends Room>(rooms: R[]) => {
      if (isAway) throw new Error('away');
      queried.push(...rooms.map(name));
      return rooms.filter((room) => occupied.has(name(room)));
    },
    emit: (room: Room, _: string, { moved, gone }: Frame) =>
      sent.push([name(room), moved.map(({ id, lat }) => `${id}@${lat}`), gone]),
    signal: (room: Room, _: string, { moved, gone }: CarChanges) =>
      sent.push([name(room), moved.map(({ key, lat }) => `${key}@${lat}`), gone]),
  };
  broadcaster = new CellBroadcaster(hub as unknown as Hub);
});

const at = (place: Point, driverId = 'd', status: DriverRecord['status'] = 'available') =>
  recordAt(driverId, Date.now(), place, { status, shift: 1, concealment: shownAtPlace(place) });
const watchedByDispatchers = (place: Point) => occupied.add(`/dispatch ${cellRoom(indexCell(place))}`);
const watchedByRiders = (place: Point) => {
  occupied.add(`/rider ${cellRoom(nearbyCell(snapToGrid(place, RIDER_GRID_M)))}`);
  occupied.add(`/rider ${nearbyRoom(indexCell(place))}`);
};
const roomsSent = () => sent.map(([room]) => room);

describe('a tick', () => {
  test('queries nearby cells only where riders watch near by, and sends nothing where nobody watches', async () => {
    broadcaster.note(at(HERE), at(NEAR));
    broadcaster.note(null, at(ELSEWHERE, 'e'));
    await broadcaster.flush(1);
    expect(sent).toEqual([]);
    expect(queried.filter((room) => room.startsWith('/rider cell:'))).toEqual([]);
    expect(new Set(queried).size).toBe(queried.length);

    queried = [];
    watchedByRiders(HERE);
    broadcaster.note(at(HERE), at(NEAR));
    broadcaster.note(null, at(ELSEWHERE, 'e'));
    await broadcaster.flush(2);
    const nearby = queried.filter((room) => room.startsWith('/rider cell:'));
    expect(nearby).not.toContain(`/rider ${cellRoom(nearbyCell(ELSEWHERE))}`);
    expect(roomsSent()).toEqual([`/rider ${cellRoom(nearbyCell(HERE))}`]);
  });

  test('asks nothing when nothing has changed', async () => {
    await broadcaster.flush(1);
    expect(queried).toEqual([]);
  });

  test('sends the newest position of each driver once, and first what left', async () => {
    watchedByRiders(HERE);
    watchedByRiders(NEAR);
    watchedByDispatchers(HERE);
    const [first, second, third] = [at(HERE), at(destination(HERE, 0, 20)), at(NEAR)];
    broadcaster.note(null, first);
    broadcaster.note(first, second);
    broadcaster.note(second, third);
    await broadcaster.flush(1);
    const ofRiders = sent.filter(([room]) => room.startsWith('/rider'));
    expect(ofRiders).toEqual([
      [`/rider ${cellRoom(nearbyCell(HERE))}`, [], ['d/1']],
      [`/rider ${cellRoom(nearbyCell(NEAR))}`, [`d/1@${snapToGrid(third, RIDER_GRID_M).lat}`], []],
    ]);
    const ofDispatch = sent.filter(([room]) => room.startsWith('/dispatch'));
    expect(ofDispatch).toEqual([[`/dispatch ${cellRoom(indexCell(NEAR))}`, [`d@${third.lat}`], []]]);
  });

  test('shows riders no car on a trip', async () => {
    watchedByRiders(HERE);
    broadcaster.note(at(HERE), at(HERE, 'd', 'busy'));
    await broadcaster.flush(1);
    expect(sent).toEqual([[`/rider ${cellRoom(nearbyCell(HERE))}`, [], ['d/1']]]);
  });

  test('shows riders a car 200 m behind its position on a grid, and dispatchers where it is', async () => {
    watchedByRiders(HERE);
    watchedByDispatchers(HERE);
    const record = { ...at(HERE), ...destination(HERE, 0, 202) };
    broadcaster.note(null, record);
    await broadcaster.flush(1);
    expect(sent.map(([, moved]) => moved)).toEqual([
      [`d@${record.lat}`],
      [`d/1@${snapToGrid(HERE, RIDER_GRID_M).lat}`],
    ]);
  });

  test('removes a car that is hidden from now on for riders only, and one that has another name', async () => {
    watchedByRiders(HERE);
    const hidden = { ...at(HERE), concealment: { ...shownAtPlace(HERE), until: Date.now() + 30_000 } };
    broadcaster.note(at(HERE), hidden);
    broadcaster.note(hidden, { ...hidden, concealment: AT_START });
    await broadcaster.flush(1);
    expect(sent).toEqual([[`/rider ${cellRoom(nearbyCell(HERE))}`, [], ['d/1']]]);
    sent = [];
    broadcaster.note(at(HERE), { ...at(HERE), shift: 2 });
    await broadcaster.flush(2);
    expect(sent.map(([, moved, gone]) => [moved.length, gone])).toEqual([
      [0, ['d/1']],
      [1, []],
    ]);
  });

  test('that fails keeps the net change of each driver for the next one', async () => {
    watchedByDispatchers(HERE);
    isAway = true;
    broadcaster.note(at(HERE, 'a'), at(NEAR, 'a'));
    broadcaster.note(at(HERE, 'b'), null);
    await expect(broadcaster.flush(1)).rejects.toThrow('away');
    const last = at(destination(HERE, 0, 30), 'a');
    broadcaster.note(at(NEAR, 'a'), last);
    await expect(broadcaster.flush(2)).rejects.toThrow('away');
    isAway = false;
    await broadcaster.flush(3);
    const room = `/dispatch ${cellRoom(indexCell(HERE))}`;
    expect(sent).toEqual([
      [room, [], ['b']],
      [room, [`a@${last.lat}`], []],
    ]);
    sent = [];
    await broadcaster.flush(4);
    expect(sent).toEqual([]);
  });
});
