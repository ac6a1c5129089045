import { expect, test } from 'vitest';
import type { Vehicle } from '#protocol';
import { Vehicles } from './vehicles.js';

const at = (id: string, t: number): Vehicle => ({
  id,
  lat: 1,
  lng: 2,
  heading: 0,
  speedMps: 0,
  status: 'available',
  t,
});

test('a viewport that moves keeps the vehicles of the cells that stay, and removes those of the others', () => {
  const vehicles = new Vehicles();
  vehicles.reset([
    { ...at('west', 1), cell: 'w' },
    { ...at('middle', 1), cell: 'm' },
  ]);
  vehicles.apply({ tick: 1, cell: 'm', moved: [at('was-west', 2)], gone: [] });
  expect(vehicles.removeCells(['w'])).toEqual(['west']);
  vehicles.add([{ ...at('east', 1), cell: 'e' }]);
  expect([...vehicles].map(({ id }) => id).sort()).toEqual(['east', 'middle', 'was-west']);
});

test('a snapshot does not undo a newer frame', () => {
  const vehicles = new Vehicles();
  vehicles.apply({ tick: 1, cell: 'e', moved: [at('car', 5)], gone: [] });
  vehicles.add([{ ...at('car', 4), cell: 'e' }]);
  expect(vehicles.get('car')?.t).toBe(5);
});
