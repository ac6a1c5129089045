import { expect, test } from 'vitest';
import { NEAREST_CARS } from '#protocol';
import type { HeldCar } from './grid-cars.js';
import { type HeldChanges, KNOWN_CARS, type KnownCar, NearestCars, SURE_CARS } from './nearest-cars.js';

const AREA = { lat: 40, lng: -74, cells: new Set(['a', 'b']) };
const ALL = Number.POSITIVE_INFINITY;
const NOW = 1_000_000;

const carAt = (key: string, metres: number, t = NOW, cell = 'a'): HeldCar => ({
  key,
  lat: AREA.lat + metres / 111_195,
  lng: AREA.lng,
  heading: null,
  t,
  cell,
});
const known = (cars: HeldCar[]): KnownCar[] => cars.map((car) => ({ car, cell: car.cell }));
const moved = (cars: HeldCar[], cell = 'a', tick = 1): HeldChanges => ({ tick, cell, moved: cars, gone: [] });
const row = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => carAt(`car-${from + i}`, (from + i) * 10));
const keysOf = (cars: HeldCar[]) => cars.map(({ key }) => key);

/** A rider that applies what it is sent. */
function startRider(cars: HeldCar[], horizonM = ALL) {
  const view = new NearestCars();
  view.reset(AREA, known(cars), horizonM);
  const answer = view.takeNew();
  const has = new Map<string, string>(answer.map(({ key, cell }) => [key, cell]));
  const update = () => {
    const frames = view.takeFrames();
    for (const { cell, gone, moved } of frames) {
      for (const key of gone) if (has.get(key) === cell) has.delete(key);
      for (const { key } of moved) has.set(key, cell);
    }
    return frames;
  };
  return { view, answer, has, update };
}

test('a rider sees all cars while there are at most twelve', () => {
  const { answer, view, has, update } = startRider(row(NEAREST_CARS - 1));
  expect(answer).toHaveLength(NEAREST_CARS - 1);
  expect(view.isComplete).toBe(true);
  view.apply(moved([carAt('last', 5_000, NOW, 'b')], 'b'));
  update();
  expect(has.size).toBe(NEAREST_CARS);
  expect(NEAREST_CARS).toBe(12);
});

test('of more cars a rider sees the nearest ones, in the answer and in frames', () => {
  const { answer, view, has, update } = startRider(row(KNOWN_CARS), 2_000);
  expect(keysOf(answer)).toEqual(keysOf(row(SURE_CARS)));
  expect(view.isComplete).toBe(false);
  // All cars move, but not in relation to each other.
  view.apply(moved(row(KNOWN_CARS).map((car) => ({ ...car, t: NOW + 1 }))));
  expect(update().flatMap(({ moved }) => moved)).toHaveLength(SURE_CARS);
  expect([...has.keys()]).toEqual(keysOf(row(SURE_CARS)));
});

test('a car that comes nearer enters, one beyond the twelve nearest leaves, and there are never more', () => {
  const { view, has, update } = startRider(row(KNOWN_CARS), 2_000);
  for (let n = 0; n <= NEAREST_CARS; n += 1) {
    view.apply(moved([carAt(`new-${n}`, (NEAREST_CARS - n) / 20, NOW + n)]));
    update();
    expect(has.has(`new-${n}`)).toBe(true);
    expect(has.size).toBeLessThanOrEqual(NEAREST_CARS);
  }
  expect(has.has(`car-${SURE_CARS - 1}`)).toBe(false);
  expect(has.has('new-0')).toBe(false);
});

test('cars at the edge of the nearest ones do not flicker', () => {
  const { view, has, update } = startRider(row(KNOWN_CARS), 2_000);
  const edge = `car-${SURE_CARS - 1}`;
  for (let n = 1; n <= 20; n += 1) {
    // It changes places with the next car, again and again.
    view.apply(moved([carAt(edge, SURE_CARS * 10 + (n % 2 === 0 ? -10 : 5), NOW + n)]));
    expect(update().flatMap(({ gone }) => gone)).toEqual([]);
    expect(has.has(edge)).toBe(true);
  }
});

test('a rider sees the same cars as one who asks again, after any changes', () => {
  const { view, has, update } = startRider(row(KNOWN_CARS), KNOWN_CARS * 10);
  const places = new Map(row(KNOWN_CARS).map((car) => [car.key, car]));
  for (let n = 1; n <= 3_000; n += 1) {
    const car = carAt(`car-${(n * 7_919) % 900}`, (n * 104_729) % 1_800, NOW + n);
    places.set(car.key, car);
    view.apply(moved([car]));
    if (n % 10 === 0) update();
    // As in a view, which reads them again then.
    if (view.isDepleted) view.reset(AREA, known([...places.values()]), ALL);
  }
  update();
  const nearest = [...places.values()].sort((a, b) => a.lat - b.lat).slice(0, SURE_CARS);
  expect(nearest.filter(({ key }) => !has.has(key))).toEqual([]);
  expect(has.size).toBeLessThanOrEqual(NEAREST_CARS);
});

test('when the known cars have left, more must be read', () => {
  const { view, update, has } = startRider(row(KNOWN_CARS), KNOWN_CARS * 10);
  const leaving = keysOf(row(KNOWN_CARS - SURE_CARS + 1));
  view.apply({ tick: 1, cell: 'a', moved: [], gone: leaving.slice(1) });
  expect(view.isDepleted).toBe(false);
  view.apply({ tick: 1, cell: 'a', moved: [], gone: leaving });
  expect(view.isDepleted).toBe(true);
  view.reset(AREA, known(row(KNOWN_CARS, 150)), 10_000);
  update();
  expect(has.size).toBeGreaterThanOrEqual(SURE_CARS);
});

test('a car that changes its cell leaves the old one first, in whatever order the changes arrive', () => {
  const { view, update, has } = startRider(row(1));
  view.apply(moved([carAt('car-0', 5, NOW + 1, 'b')], 'b'));
  view.apply({ tick: 1, cell: 'a', moved: [], gone: ['car-0'] });
  expect(update()).toMatchObject([
    { cell: 'a', gone: ['car-0'], moved: [] },
    { cell: 'b', gone: [], moved: [{ key: 'car-0' }] },
  ]);
  expect([...has]).toEqual([['car-0', 'b']]);
});

test('a car that is held at a point in another cell leaves with the cell that it is in', () => {
  const { view, update, has } = startRider(row(1));
  view.apply({ tick: 1, cell: 'a', moved: [], gone: ['car-0'] });
  view.apply(moved([carAt('car-0', 5, NOW, 'a')], 'b'));
  update();
  expect([...has]).toEqual([['car-0', 'a']]);
  view.apply({ tick: 2, cell: 'b', moved: [], gone: ['car-0'] });
  update();
  expect(has.size).toBe(0);
});

test('a car that must not be shown any more leaves', () => {
  const { view, update, has } = startRider(row(3));
  view.forget((key) => key === 'car-1');
  update();
  expect([...has.keys()]).toEqual(['car-0', 'car-2']);
});

test('a car that waited for the next interval is moved when it begins', () => {
  const { view, update } = startRider(row(2));
  const waiting = (car: HeldCar, isWaiting: boolean) => (key: string) =>
    key === 'car-1' ? { car, isWaiting } : null;
  expect(view.refresh(waiting(row(2)[1]!, true))).toBe(true);
  expect(view.refresh(waiting(carAt('car-1', 40, NOW + 5_000), false))).toBe(false);
  expect(update()).toMatchObject([{ moved: [{ key: 'car-1', t: NOW + 5_000 }] }]);
});
