import { expect, test } from 'vitest';
import type { FollowerRoom } from './followed-drivers.js';
import { KnownRooms } from './known-rooms.js';

const driver = { driverId: 'd' };
const rider = { namespace: '/rider', room: 'driver:d' } as const;
const dispatch = { namespace: '/dispatch', room: 'driver:d' } as const;

/** Known rooms after a batch whose query found these. */
function knowing(...rooms: FollowerRoom[]) {
  const known = new KnownRooms();
  const found = (...now: FollowerRoom[]) =>
    known.found(
      [driver],
      now.map((room) => ({ ...room, driver })),
    );
  const batch = (mustWait = false) => {
    const number = known.begin();
    return { number, early: known.roomsOf('d', number, mustWait) };
  };
  const first = batch();
  found(...rooms);
  known.end(first.number);
  return { known, found, batch };
}

test('rooms that had members at the last query are used without another', () => {
  const { batch } = knowing(rider, dispatch);
  expect(batch().early).toEqual([rider, dispatch]);
});

test('a room without members any more is not used', () => {
  const { batch, found } = knowing(rider);
  found();
  expect(batch().early).toEqual([]);
});

test('a new room is used only after the batches that still wait for their query', () => {
  const { known, batch, found } = knowing(rider);
  const waiting = batch();
  found(rider, dispatch);
  expect(batch().early, 'it would overtake').toEqual([]);
  known.end(waiting.number);
  expect(batch().early, 'the one before it waits, too').toEqual([]);
  known.end(waiting.number + 2);
  expect(batch().early).toEqual([rider, dispatch]);
});

test('after a batch that must wait, later ones do not overtake it', () => {
  const { known, batch } = knowing(rider);
  const leaves = batch(true);
  expect([leaves.early, batch().early]).toEqual([[], []]);
  known.end(leaves.number + 1);
  expect(batch().early).toEqual([rider]);
});
