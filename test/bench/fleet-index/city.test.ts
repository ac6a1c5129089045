import { expect, test } from 'vitest';
import { decide, distanceM } from '#geo';
import { indexCell, regionOf } from '#geo/cells';
import { lastFixAt } from '../../fixtures/records.js';
import { City, type Move } from './city.js';

const DRIVERS = 2_000;
const byDriver = (moves: Move[]) => new Map(moves.map((move) => [move.driverId, move]));

test('the same seed gives the same city', () => {
  const places = (city: City) => [...city.now(), ...city.moves(3_000)].map(({ fix }) => [fix.lat, fix.lng]);
  expect(places(new City(1, DRIVERS))).toEqual(places(new City(1, DRIVERS)));
  expect(new City(1, 1).questions(20)).toEqual(new City(1, DRIVERS).questions(20));
  expect(new City(2, 1).questions(20)).not.toEqual(new City(1, 1).questions(20));
});

test('in each round 1 % of drivers change region, some change cell, and every step is plausible', () => {
  const city = new City(1, DRIVERS);
  for (let turn = 0; turn < 4; turn += 1) {
    const before = byDriver(city.now());
    const after = city.moves(DRIVERS);
    const changed = (placeOf: (move: Move) => string) =>
      after.filter((move) => placeOf(move) !== placeOf(before.get(move.driverId)!)).length;
    expect(changed(({ fix }) => regionOf(indexCell(fix)))).toBe(DRIVERS / 100);
    expect(changed(({ fix }) => indexCell(fix))).toBeGreaterThan(DRIVERS / 100);
    expect(changed(({ fix }) => indexCell(fix))).toBeLessThan(DRIVERS / 4);
    for (const { driverId, fix } of after) {
      const last = before.get(driverId)!.fix;
      expect(distanceM(last, fix)).toBeLessThan(50);
      expect(decide(lastFixAt(last.t, last), fix, fix.t).kind).toBe('accepted');
    }
  }
});

test('seven in ten drivers are available, and half are in a few hot spots', () => {
  const moves = new City(1, DRIVERS).now();
  const available = moves.filter(({ status }) => status === 'available').length;
  expect(available / DRIVERS).toBeCloseTo(0.7, 1);
  const cells = new Map<string, number>();
  for (const { fix } of moves) cells.set(indexCell(fix), (cells.get(indexCell(fix)) ?? 0) + 1);
  const fullest = [...cells.values()].sort((a, b) => b - a).slice(0, 10);
  expect(fullest.reduce((sum, count) => sum + count, 0) / DRIVERS).toBeGreaterThan(0.4);
});
