import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Nodes } from '#store';
import { Heartbeat } from './heartbeat.js';
import { Metrics } from './metrics.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the next heartbeat waits for one that is still being published, and no two overlap', async () => {
  const running: Array<() => void> = [];
  let most = 0;
  let isSlow = false;
  const report = () =>
    new Promise<void>((resolve) => {
      running.push(() => {
        running.splice(0);
        resolve();
      });
      most = Math.max(most, running.length);
      if (!isSlow) running[0]!();
    });
  const nodes = { report, leave: async () => {} } as unknown as Nodes;
  const heartbeat = new Heartbeat(nodes, { node: 'n', role: 'gateway' }, new Metrics('n'));
  await heartbeat.start({ url: 'http://n', metricsUrl: 'http://m' });
  isSlow = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(running).toHaveLength(1);
  running[0]!();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(running, 'heartbeats go on after a slow one').toHaveLength(1);
  expect(most).toBe(1);
  running[0]!();
  await heartbeat.onApplicationShutdown();
});
