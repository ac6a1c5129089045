import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Fix } from '#protocol';
import { ServiceClock } from '../connection/clock.js';
import { FixTimes } from './fix-times.js';

const MINUTE = 60_000;
const NOW = 1_800_000_000_000;
let clock: ServiceClock;
let times: FixTimes;

/** Sets the clock of a device that is `aheadMs` ahead of the service. */
const setDevice = (aheadMs: number) => vi.setSystemTime(NOW + aheadMs);
const readClock = () => {
  clock.restart();
  clock.add(NOW, performance.now());
};
const fixAt = (t: number): Fix => ({ t, lat: 40.75, lng: -73.98 });
/** Time of a fix as it is sent, relative to the service's time. */
const sentMs = (fix: Fix) => times.corrected(fix).t - NOW;
function reported(t: number): Fix {
  const fix = fixAt(t);
  times.note(fix);
  return fix;
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  clock = new ServiceClock();
  times = new FixTimes(clock);
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([5 * MINUTE, -40_000, -2 * MINUTE, 3_000])(
  'a fix of a device that is %i ms ahead is sent with the time of the service',
  (aheadMs) => {
    setDevice(aheadMs);
    readClock();
    expect(sentMs(reported(Date.now()))).toBe(0);
    expect(sentMs(reported(Date.now() - 3 * 3_600_000))).toBe(-3 * 3_600_000);
  },
);

test('a fix of a device whose clock is right is sent as it is', () => {
  setDevice(1_500);
  readClock();
  const fix = reported(Date.now());
  expect(times.corrected(fix)).toBe(fix);
});

test('a fix from before the first connection is corrected when it is sent', () => {
  setDevice(5 * MINUTE);
  const fix = reported(Date.now() - 30_000);
  readClock();
  expect(sentMs(fix)).toBe(-30_000);
});

test('a fix that waits is corrected by the clock of its time, although the clock was set since', () => {
  setDevice(10 * MINUTE);
  readClock();
  const before = reported(Date.now());
  setDevice(0);
  const meanwhile = reported(Date.now());
  readClock();
  const after = reported(Date.now());
  expect([before, meanwhile, after].map(sentMs)).toEqual([0, 0, 0]);
});

test('a fix that an earlier run left is corrected like a new one', () => {
  setDevice(5 * MINUTE);
  readClock();
  expect(sentMs(fixAt(Date.now() - MINUTE))).toBe(-MINUTE);
});

test.each([5 * MINUTE, -2 * MINUTE])(
  'the time of the satellites is kept on a device that is %i ms ahead',
  (aheadMs) => {
    setDevice(aheadMs);
    const early = reported(NOW - 800);
    readClock();
    expect(sentMs(early)).toBe(-800);
    expect(sentMs(reported(NOW - 800))).toBe(-800);
  },
);
