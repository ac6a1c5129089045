import { expect, test } from 'vitest';
import type { Frame, PlacedVehicle, Vehicle } from '#protocol';
import { KNOWN_CARS, MAX_CARS, NEAREST_CARS, NearestCars } from './nearest-cars.js';

const AREA = { lat: 40, lng: -74, cells: new Set(['a', 'b']) };
const ALL = Number.POSITIVE_INFINITY;
const NOW = 1_000_000;

const carAt = (id: string, metres: number, t = NOW): PlacedVehicle => ({
  id,
  lat: AREA.lat + metres / 111_195,
  lng: AREA.lng,
  heading: 0,
  speedMps: 0,
  status: 'available',
  t,
  receivedAt: t,
  cell: 'a',
});
const moved = (vehicles: Vehicle[], cell = 'a', tick = 1): Frame => ({
  tick,
  cell,
  moved: vehicles,
  gone: [],
});
const row = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => carAt(`car-${from + i}`, (from + i) * 10));

/** A rider that applies what it is sent. */
function startRider(cars: PlacedVehicle[], horizonM = ALL) {
  const view = new NearestCars();
  view.reset(AREA, cars, horizonM);
  const answer = view.takeNew(NOW);
  const has = new Map<string, string>(answer.map(({ id, cell }) => [id, cell]));
  let sent = 0;
  const update = (budget = 1_000, now = NOW) => {
    const taken = view.takeFrames(budget, now);
    for (const { cell, gone, moved } of taken.frames) {
      for (const id of gone) if (has.get(id) === cell) has.delete(id);
      for (const { id } of moved) has.set(id, cell);
      sent += moved.length;
    }
    return taken;
  };
  return { view, answer, has, update, sent: () => sent };
}

test('a rider sees all cars while there are at most a hundred', () => {
  const { answer, view, has, update } = startRider(row(MAX_CARS - 1));
  expect(answer).toHaveLength(MAX_CARS - 1);
  expect(view.isComplete).toBe(true);
  view.apply(moved([carAt('last', 5_000)], 'b'), NOW);
  update();
  expect(has.size).toBe(MAX_CARS);
});

test('of more cars a rider sees the nearest ones, in the answer and in frames', () => {
  const { answer, view, has, update } = startRider(row(200), 2_000);
  expect(answer.map(({ id }) => id)).toEqual(row(NEAREST_CARS).map(({ id }) => id));
  expect(view.isComplete).toBe(false);
  // All cars move, but not in relation to each other.
  view.apply(moved(row(200).map((car) => ({ ...car, t: NOW + 1 }))), NOW);
  expect(update().moved).toBe(NEAREST_CARS);
  expect([...has.keys()]).toEqual(row(NEAREST_CARS).map(({ id }) => id));
});

test('a car that comes nearer enters, and one beyond the hundred nearest leaves', () => {
  const { view, has, update } = startRider(row(200), 2_000);
  for (let n = 0; n <= MAX_CARS; n += 1) {
    view.apply(moved([carAt(`new-${n}`, (MAX_CARS - n) / 20, NOW + n)]), NOW);
    update();
    expect(has.has(`new-${n}`)).toBe(true);
    expect(has.size).toBeLessThanOrEqual(MAX_CARS);
  }
  expect(has.has('car-79')).toBe(false);
  expect(has.has('new-0')).toBe(false);
});

test('cars at the edge of the nearest ones do not flicker', () => {
  const { view, has, update } = startRider(row(200), 2_000);
  const edge = `car-${NEAREST_CARS - 1}`;
  for (let n = 1; n <= 20; n += 1) {
    // It changes places with the next car, again and again.
    view.apply(moved([carAt(edge, NEAREST_CARS * 10 + (n % 2 === 0 ? -10 : 5), NOW + n)]), NOW);
    const { frames } = update();
    expect(frames.flatMap(({ gone }) => gone)).toEqual([]);
    expect(has.has(edge)).toBe(true);
  }
});

test('a rider sees the same cars as one who asks again, after any changes', () => {
  const { view, has, update } = startRider(row(KNOWN_CARS), KNOWN_CARS * 10);
  const places = new Map(row(KNOWN_CARS).map((car) => [car.id, car]));
  for (let n = 1; n <= 3_000; n += 1) {
    const car = carAt(`car-${(n * 7_919) % 3_000}`, (n * 104_729) % 6_000, NOW + n);
    places.set(car.id, car);
    view.apply(moved([car]), NOW);
    if (n % 10 === 0) update();
    if (view.isDepleted) throw new Error('the cars nearby have not become fewer');
  }
  update();
  const nearest = [...places.values()].sort((a, b) => a.lat - b.lat).slice(0, NEAREST_CARS);
  expect(nearest.filter(({ id }) => !has.has(id))).toEqual([]);
  expect(has.size).toBeLessThanOrEqual(MAX_CARS);
});

test('when the known cars have left, more must be read', () => {
  const { view, update, has } = startRider(row(KNOWN_CARS), KNOWN_CARS * 10);
  const leaving = row(KNOWN_CARS - NEAREST_CARS + 1).map(({ id }) => id);
  view.apply({ tick: 1, cell: 'a', moved: [], gone: leaving.slice(1) }, NOW);
  expect(view.isDepleted).toBe(false);
  view.apply({ tick: 1, cell: 'a', moved: [], gone: leaving }, NOW);
  expect(view.isDepleted).toBe(true);
  view.reset(AREA, row(KNOWN_CARS, 150), 10_000);
  update();
  expect(has.size).toBeGreaterThanOrEqual(NEAREST_CARS);
});

test('frames have at most the given number of cars, and each car gets its turn', () => {
  const { view, update, has, sent } = startRider(row(90));
  const news = (t: number) => view.apply(moved(row(90).map((car) => ({ ...car, t }))), NOW);
  const turns = new Map<string, number>();
  for (let n = 1; n <= 9; n += 1) {
    news(NOW + n);
    const { frames, isDone } = update(10, NOW + n);
    expect(isDone).toBe(false);
    for (const { id } of frames.flatMap(({ moved }) => moved)) turns.set(id, (turns.get(id) ?? 0) + 1);
  }
  expect(sent()).toBe(90);
  expect([...turns.values()]).toEqual(Array(90).fill(1));
  expect(has.size).toBe(90);
});

test('a car that changes its cell leaves the old one first, in whatever order the frames arrive', () => {
  const { view, update, has } = startRider(row(1));
  view.apply(moved([carAt('car-0', 5, NOW + 1)], 'b'), NOW);
  view.apply({ tick: 1, cell: 'a', moved: [], gone: ['car-0'] }, NOW);
  const { frames } = update();
  expect(frames).toMatchObject([
    { cell: 'a', gone: ['car-0'], moved: [] },
    { cell: 'b', gone: [], moved: [{ id: 'car-0' }] },
  ]);
  expect([...has]).toEqual([['car-0', 'b']]);
});

test('a position that waited for its turn says when it was received', () => {
  const { view, update } = startRider(row(1));
  const { receivedAt: _, ...fresh } = carAt('car-0', 5, NOW + 1);
  view.apply(moved([fresh]), NOW);
  expect(update(1, NOW + 100).frames[0]?.moved[0]).not.toHaveProperty('receivedAt');
  view.apply(moved([{ ...fresh, t: NOW + 2 }]), NOW);
  expect(update(1, NOW + 3_000).frames[0]?.moved[0]).toMatchObject({ receivedAt: NOW });
});
