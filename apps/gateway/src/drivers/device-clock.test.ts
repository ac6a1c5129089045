import { describe, expect, test } from 'vitest';
import { DeviceClock } from './device-clock.js';

const T = 1_800_000_000_000;

/** Observes fixes, as seconds of their time and of their arrival. @returns seconds that the clock is behind, after each */
const observe = (fixes: Array<[takenS: number, receivedS: number]>, clock = new DeviceClock()) =>
  fixes.map(([taken, received]) => clock.observe(T + taken * 1_000, T + received * 1_000) / 1_000);

describe('the clock of a device', () => {
  test.each([40, 120, 3_600])('is found to be %i s slow within three seconds of live fixes', (slowS) => {
    const live = Array.from({ length: 6 }, (_, i): [number, number] => [i - slowS, i]);
    expect(observe(live)).toEqual([0, 0, 0, slowS, slowS, slowS]);
  });

  test('is found slow by the second of two fixes that are ten seconds apart, despite a slow network', () => {
    expect(
      observe([
        [-120, 0.4],
        [-110, 10.1],
      ]),
    ).toEqual([0, 120.1]);
  });

  test.each([
    ['a single cached fix', [[-10_800, 0]]],
    ['a receiver that repeats its last fix', Array.from({ length: 20 }, (_, i) => [0, i * 4])],
    ['a backlog that arrives at once', Array.from({ length: 100 }, (_, i) => [i - 100, i / 100])],
    [
      'a backlog that is sent fix by fix, ten a second',
      Array.from({ length: 600 }, (_, i) => [i - 600, i / 10]),
    ],
    [
      'a cached fix and then live ones',
      [
        [-60, 0],
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
        [5, 5],
      ],
    ],
    ['a clock that is a second slow', Array.from({ length: 10 }, (_, i) => [i - 1, i])],
    ['a clock that is fast', Array.from({ length: 10 }, (_, i) => [i + 30, i])],
  ] as Array<[string, Array<[number, number]>]>)('is not taken for slow because of %s', (_, fixes) => {
    expect(new Set(observe(fixes))).toEqual(new Set([0]));
  });

  test('is right again as soon as a fix arrives with less delay', () => {
    const clock = new DeviceClock();
    expect(
      observe(
        [
          [-40, 0],
          [-30, 10],
        ],
        clock,
      ),
    ).toEqual([0, 40]);
    expect(observe([[11, 11]], clock)).toEqual([0]);
  });

  test('stays known while a backlog arrives after a tunnel', () => {
    const clock = new DeviceClock();
    observe(
      [
        [-120, 0],
        [-110, 10],
      ],
      clock,
    );
    expect(
      observe(
        [
          [-100, 80],
          [-60, 80.1],
          [-40, 80.2],
        ],
        clock,
      ),
    ).toEqual([120, 120, 120]);
  });
});
