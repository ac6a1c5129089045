import { expect, it } from 'vitest';
import type { Trip } from '#protocol';
import type { Replay } from './history.js';
import { rowsAt, tripsAt } from './past.js';

const historyOf = (driverId: string) => ({
  driverId,
  line: [[0, 0] as const, [0, 0.001] as const],
  times: [0, 60_000],
});
const trip = {
  id: 'trip-1',
  riderId: 'ada',
  driverId: 'grace',
  state: 'completed',
  createdAt: 10_000,
  changedAt: 50_000,
  times: { requested: 10_000, accepted: 20_000, on_trip: 30_000, completed: 50_000 },
} as Trip;
const replayAt = (at: number) =>
  ({ histories: [historyOf('grace'), historyOf('linus')], trips: [trip], at }) as unknown as Replay;

it('has a vehicle on its trip from when the driver accepted it until it ended', () => {
  const [before, during, after] = [15_000, 40_000, 55_000].map((at) => rowsAt(replayAt(at))[0]!);
  expect(during).toMatchObject({ id: 'grace', state: 'on_trip', tripId: 'trip-1', riderId: 'ada' });
  for (const row of [before, after]) expect(row).toMatchObject({ state: null, tripId: null, riderId: null });
});

it('says nothing about the state of a vehicle without a known trip, because it may have been busy', () => {
  for (const at of [15_000, 40_000]) expect(rowsAt(replayAt(at))[1]!.state).toBeNull();
});

it('has the trips of that time in their states then, without a driver before it accepted', () => {
  expect(tripsAt(replayAt(15_000))).toMatchObject([{ state: 'requested', driverId: null }]);
  expect(tripsAt(replayAt(40_000))).toMatchObject([{ state: 'on_trip', driverId: 'grace' }]);
  expect(tripsAt(replayAt(55_000))).toEqual([]);
});
