import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ClockOffset, ServiceClock } from './clock.js';
import { ClockReader } from './clock-reader.js';

const MINUTE = 60_000;
const TRUE_TIME = 1_800_000_000_000;

/** Time by the service, while the test sets the device's clock apart from it. */
let service: () => number;
let clock: ServiceClock;
let offsets: number[];

beforeEach(() => {
  vi.useFakeTimers({ now: TRUE_TIME });
  const start = performance.now();
  service = () => TRUE_TIME + performance.now() - start;
  clock = new ServiceClock();
  offsets = [];
  clock.on('change', ({ offsetMs }: ClockOffset) => offsets.push(offsetMs));
});
afterEach(() => {
  vi.useRealTimers();
});

const setDevice = (aheadMs: number) => vi.setSystemTime(service() + aheadMs);

/** Reads the clock with a round trip of which the way back took `backMs`. */
function read({ outMs = 10, backMs = 10 } = {}): void {
  const sentAt = performance.now();
  vi.advanceTimersByTime(outMs);
  const now = service();
  vi.advanceTimersByTime(backMs);
  clock.add(now, sentAt);
}

describe('the clock of the service', () => {
  test.each([5 * MINUTE, -2 * MINUTE, 3_000])('is known on a device that is %i ms ahead', (aheadMs) => {
    setDevice(aheadMs);
    expect(clock.now()).toBe(Date.now());
    read();
    expect(clock.now()).toBeCloseTo(service(), -1);
    expect(clock.correctionMs).toBeCloseTo(-aheadMs, -1);
    expect(offsets).toEqual([-aheadMs]);
  });

  test('needs no correction of a device that is right within two seconds', () => {
    for (const aheadMs of [0, 1_900, -1_900]) {
      setDevice(aheadMs);
      read();
      expect(clock.correctionMs).toBe(0);
    }
    expect(offsets).toEqual([]);
  });

  test('is taken from the reading with the shortest round trip', () => {
    setDevice(MINUTE);
    read({ outMs: 10, backMs: 4_000 });
    expect(Math.abs(clock.now() - service())).toBeGreaterThan(1_000);
    read({ outMs: 50, backMs: 60 });
    read({ outMs: 10, backMs: 900 });
    expect(Math.abs(clock.now() - service())).toBeLessThanOrEqual(5);
  });

  test('does not make a slow network look like a wrong clock', () => {
    read({ outMs: 10, backMs: 8_000 });
    expect(clock.correctionMs).toBe(0);
  });

  test('does not jump with the clock of the device, whose new error the next reading finds', () => {
    read();
    setDevice(-10 * MINUTE);
    expect(clock.now()).toBeCloseTo(service(), -1);
    expect(clock.isMeasured).toBe(false);
    clock.restart();
    read({ backMs: 40 });
    expect(clock.isMeasured).toBe(true);
    expect(clock.correctionMs).toBeCloseTo(10 * MINUTE, -2);
    setDevice(0);
    clock.restart();
    read();
    expect(offsets.map((ms) => Math.round(ms / MINUTE))).toEqual([10, 0]);
  });

  test('is right again after a sleep that stopped the other clock of the device', () => {
    read();
    const stopped = service;
    service = () => stopped() + 20 * MINUTE;
    setDevice(0);
    expect(clock.isMeasured).toBe(false);
    clock.restart();
    read();
    expect(clock.now()).toBeCloseTo(service(), -1);
    expect(offsets).toEqual([]);
  });
});

describe('the reader of the clock', () => {
  test('reads three times on a connection, and again when the clock of the device jumps', async () => {
    const request = vi.fn(async () => service());
    const reader = new ClockReader(request);
    const { clock } = reader;
    reader.attemptBegins();
    reader.start(service());
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(request).toHaveBeenCalledTimes(3);
    setDevice(5 * MINUTE);
    await reader.check();
    expect(request).toHaveBeenCalledTimes(6);
    expect(clock.correctionMs).toBeCloseTo(-5 * MINUTE, -1);
    setDevice(0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(clock.correctionMs).toBe(0);
    reader.stop();
    setDevice(MINUTE);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(request).toHaveBeenCalledTimes(9);
  });

  test('makes do with the greeting of a service that has no such request', async () => {
    setDevice(5 * MINUTE);
    const reader = new ClockReader(() => Promise.reject(new Error('UNKNOWN_EVENT')));
    const { clock } = reader;
    reader.attemptBegins();
    reader.start(service());
    await reader.check();
    expect(clock.correctionMs).toBe(-5 * MINUTE);
    reader.stop();
  });
});

test('the time is a whole number of milliseconds, as queries of the service require', () => {
  const clock = new ServiceClock();
  expect(Number.isInteger(clock.now())).toBe(true);
  clock.add(1_800_000_000_000.3, performance.now() - 10.7);
  expect(Number.isInteger(clock.now())).toBe(true);
});
