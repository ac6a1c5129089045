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

test('a viewport that moves keeps the vehicles of cells that stay, and forgets those of cells that it left', () => {
  const vehicles = new Vehicles();
  vehicles.reset([
    { ...at('west', 1), cell: 'w' },
    { ...at('middle', 1), cell: 'm' },
  ]);
  vehicles.apply({ tick: 1, cell: 'm', moved: [at('was-west', 2)], gone: [] });
  expect(vehicles.leave(['w'])).toEqual(['west']);
  vehicles.add([{ ...at('east', 1), cell: 'e' }]);
  expect([...vehicles].map(({ id }) => id).sort()).toEqual(['east', 'middle', 'was-west']);
});

test('a snapshot does not put back what a frame said since', () => {
  const vehicles = new Vehicles();
  vehicles.apply({ tick: 1, cell: 'e', moved: [at('car', 5)], gone: [] });
  vehicles.add([{ ...at('car', 4), cell: 'e' }]);
  expect(vehicles.get('car')?.t).toBe(5);
});
