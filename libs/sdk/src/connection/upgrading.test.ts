import { afterEach, expect, test, vi } from 'vitest';
import { keepUpgrading } from './upgrading.js';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('an upgrade that failed is tried again after longer and longer, for as long as the connection is open', () => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(1);
  let fail = () => {};
  const engine = {
    readyState: 'open',
    on: (_: string, listener: () => void) => {
      fail = listener;
    },
    _probe: vi.fn(),
  };
  const end = keepUpgrading(engine, { baseMs: 100, ceilingMs: 50 });
  const tries = () => engine._probe.mock.calls.length;
  for (const [waitMs, before] of [
    [100, 0],
    [200, 1],
    [300, 2],
    [300, 3],
  ] as const) {
    fail();
    vi.advanceTimersByTime(waitMs - 1);
    expect(tries()).toBe(before);
    vi.advanceTimersByTime(1);
    expect(tries()).toBe(before + 1);
  }
  fail();
  engine.readyState = 'closed';
  vi.advanceTimersByTime(1_000);
  engine.readyState = 'open';
  fail();
  end();
  fail();
  vi.advanceTimersByTime(1_000);
  expect(tries()).toBe(4);
});
