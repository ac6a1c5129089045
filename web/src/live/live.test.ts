import { describe, expect, it } from 'vitest';
import { distanceM } from '#geo';
import type { NodeState } from '#protocol';
import { summary } from './nodes.js';
import { choosePlaces } from './places.js';

const node = (name: string, change: Partial<NodeState>): NodeState => ({
  node: name,
  role: 'processor',
  url: '',
  startedAt: 0,
  at: 0,
  connections: { driver: 0, rider: 0, dispatch: 0 },
  users: 0,
  fixesPerS: 0,
  delayP50Ms: null,
  delayP99Ms: null,
  lag: 0,
  ...change,
});

describe('summary', () => {
  it('counts each fix once, and bounds the delay by the worst node', () => {
    const numbers = summary(
      [
        node('processor-10', { fixesPerS: 100, delayP50Ms: 10, delayP99Ms: 15 }),
        node('processor-2', { fixesPerS: 300, delayP50Ms: 6, delayP99Ms: 40 }),
        node('gateway-1', { role: 'gateway', fixesPerS: 400 }),
      ],
      [390],
    );
    expect(numbers).toMatchObject({ fixesPerS: 400, history: [390, 400], delayP50Ms: 7, delayP99Ms: 40 });
    expect(numbers.nodes.map(({ node }) => node)).toEqual(['gateway-1', 'processor-2', 'processor-10']);
  });

  it('has no delay while nothing flows, and a minute of history', () => {
    const numbers = summary([node('processor-1', { fixesPerS: 0 })], Array(80).fill(1));
    expect(numbers).toMatchObject({ delayP50Ms: null, delayP99Ms: null });
    expect(numbers.history).toHaveLength(60);
  });
});

describe('choosePlaces', () => {
  const center = { lat: 40.758, lng: -73.98 };
  const corners = Array.from({ length: 900 }, (_, i) => ({
    lat: center.lat + ((i % 30) - 15) * 0.002,
    lng: center.lng + (Math.floor(i / 30) - 15) * 0.002,
  }));

  it('keeps pick-up and drop-off 1.5 to 4 km apart', () => {
    for (let seed = 0; seed < 1; seed += 0.013) {
      const { pickup, dropoff } = choosePlaces(corners, center, () => seed)!;
      expect(distanceM(pickup, dropoff)).toBeGreaterThanOrEqual(1_500);
      expect(distanceM(pickup, dropoff)).toBeLessThanOrEqual(4_000);
    }
  });

  it('has no trip for a city without corners', () => {
    expect(choosePlaces([], center, () => 0)).toBeNull();
  });
});
