import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AreaAlerts } from './area-alerts.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const alert = (id: string, expiresAt: number) => ({ id, text: id, at: 0, expiresAt });

it('shows the newest alerts, each until it expires or is dismissed', () => {
  const alerts = new AreaAlerts(() => Date.now());
  const shown = () => alerts.$current.get().map(({ id }) => id);
  const now = Date.now();
  for (const [i, id] of ['a', 'b', 'c', 'd'].entries()) alerts.add(alert(id, now + 1_000 * (i + 1)));
  expect(shown()).toEqual(['d', 'c', 'b']);
  alerts.add(alert('b', now + 2_000));
  expect(shown()).toEqual(['b', 'd', 'c']);
  vi.advanceTimersByTime(2_001);
  expect(shown()).toEqual(['d', 'c']);
  alerts.dismiss('d');
  expect(shown()).toEqual(['c']);
});
