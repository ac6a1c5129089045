import { describe, expect, it } from 'vitest';
import type { NodeState } from '#protocol';
import { summary } from './nodes.js';

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
  it('counts each fix once and reports the p99 delay of the slowest node', () => {
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

  it('reports no delay without fixes and keeps one minute of history', () => {
    const numbers = summary([node('processor-1', { fixesPerS: 0 })], Array(80).fill(1));
    expect(numbers).toMatchObject({ delayP50Ms: null, delayP99Ms: null });
    expect(numbers.history).toHaveLength(60);
  });
});
