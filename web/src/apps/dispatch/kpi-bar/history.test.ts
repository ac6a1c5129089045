import { expect, it } from 'vitest';
import type { NodeState, Trip } from '#protocol';
import { summary } from '../../../shared/live/nodes.js';
import { columnsOf, HISTORY_MS, type Sample, sampleOf, withSample } from './history.js';

const node = (name: string, role: NodeState['role'], change: Partial<NodeState> = {}): NodeState => ({
  node: name,
  role,
  url: '',
  startedAt: 0,
  at: 0,
  connections: { driver: 2, rider: 3, dispatch: 1 },
  users: 0,
  lag: 4,
  fixesPerS: 100,
  delayP50Ms: null,
  delayP99Ms: null,
  ...change,
});
const trip = (state: Trip['state']) => ({ state }) as Trip;
const at = (seconds: number, fixesPerS: number | null = seconds): Sample => ({
  ...sampleOf(summary([], []), [], seconds * 1_000),
  fixesPerS,
});

it('has no trip counts until the trips are known, and then counts zero', () => {
  const trips = ({ waiting, underWay, onTrip }: Sample) => [waiting, underWay, onTrip];
  expect(trips(sampleOf(summary([], []), null, 0))).toEqual([null, null, null]);
  expect(trips(sampleOf(summary([], []), [], 0))).toEqual([0, 0, 0]);
});

it('counts trips by state, connections by gateway, and the backlog', () => {
  const numbers = summary([node('gateway-1', 'gateway'), node('processor-1', 'processor')], []);
  const trips = ['requested', 'offered', 'arrived', 'on_trip'].map((state) => trip(state as Trip['state']));
  expect(sampleOf(numbers, trips, 5)).toEqual({
    at: 5,
    fixesPerS: 100,
    delayP50Ms: null,
    delayP99Ms: null,
    lag: 4,
    waiting: 2,
    underWay: 1,
    onTrip: 1,
    connections: { 'gateway-1': 6 },
  });
});

it('counts the backlog once however many processors report it, and not at all without processors', () => {
  const lagWith = (...nodes: NodeState[]) => sampleOf(summary(nodes, []), [], 0).lag;
  const gateway = node('gateway-1', 'gateway');
  expect(lagWith(gateway, node('processor-1', 'processor'), node('processor-2', 'processor'))).toBe(4);
  expect(lagWith(gateway)).toBeNull();
});

it('keeps ten minutes of samples', () => {
  const history = Array.from({ length: 700 }, (_, s) => at(s)).reduce(withSample, [] as Sample[]);
  expect(history).toHaveLength(HISTORY_MS / 1_000);
  expect(history[0]!.at).toBe(100_000);
});

it('drops samples taken while the clock was ahead', () => {
  expect([at(1), at(90), at(2)].reduce(withSample, [] as Sample[])).toEqual([at(1), at(2)]);
});

it('leaves a gap where no sample was taken and where a value was not known', () => {
  const history = [at(1), at(2), at(60), at(61, null)];
  expect(columnsOf(history, [({ fixesPerS }) => fixesPerS])).toEqual([
    [1, 2, 31, 60, 61],
    [1, 2, null, 60, null],
  ]);
});
