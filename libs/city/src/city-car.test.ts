import { expect, test } from 'vitest';
import { CityCar, manhattan, seeded } from './index.js';

const city = manhattan();

test('a car can continue exactly where another one was, in the same direction', () => {
  const before = new CityCar(city, 100, seeded(1));
  for (let step = 0; step < 120; step += 1) before.step(0.25);
  const after = CityCar.at(city, before.place, seeded(2))!;
  expect(after.position).toEqual(before.position);
  expect(after.heading).toBe(before.heading);
});

test.each([
  { from: -1, to: 0, alongM: 0 },
  { from: 100, to: 100, alongM: 0 },
  { ...new CityCar(city, 100, seeded(1)).place, alongM: 1e6 },
  { ...new CityCar(city, 100, seeded(1)).place, alongM: Number.NaN },
])('where no street is, there is no car: %o', (place) => {
  expect(CityCar.at(city, place, seeded(1))).toBeNull();
});
