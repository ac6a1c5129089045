import { latLngToCell } from 'h3-js';
import { describe, expect, it } from 'vitest';
import type { Trip, Vehicle } from '#protocol';
import { coloured, Density } from './density.js';

const HERE = { lat: 40.75, lng: -73.98 };
const FAR = { lat: 40.85, lng: -73.88 };

const vehicle = (id: string, at: typeof HERE, change: Partial<Vehicle> = {}): Vehicle => ({
  id,
  ...at,
  heading: 0,
  speedMps: 0,
  status: 'available',
  t: 1,
  ...change,
});
const waiting = (pickup: typeof HERE) => ({ state: 'requested', pickup }) as Trip;
const cell = ({ lat, lng }: typeof HERE, resolution = 8) => latLngToCell(lat, lng, resolution);

describe('Density', () => {
  it('counts available cars, all cars and waiting riders per cell', () => {
    const vehicles = [vehicle('a', HERE), vehicle('b', HERE, { status: 'busy' }), vehicle('c', FAR)];
    const trips = [waiting(HERE), { ...waiting(FAR), state: 'on_trip' } as Trip];
    const tallies = new Density().tally(vehicles, trips, null, 11);
    expect(tallies.get(cell(HERE))).toEqual({ supply: 1, demand: 1, vehicles: 2 });
    expect(tallies.get(cell(FAR))).toEqual({ supply: 1, demand: 0, vehicles: 1 });
  });

  it('moves a vehicle to its new cell, and all vehicles to the cells of a new zoom', () => {
    const density = new Density();
    density.tally([vehicle('a', HERE)], [], null, 11);
    expect([...density.tally([vehicle('a', FAR, { t: 2 })], [], null, 11).keys()]).toEqual([cell(FAR)]);
    expect([...density.tally([vehicle('a', FAR, { t: 2 })], [], null, 10).keys()]).toEqual([cell(FAR, 7)]);
  });

  it('uses the counts of the service when there are too many vehicles to send', () => {
    const counts = [{ cell: cell(HERE, 6), available: 30, busy: 12 }];
    const tallies = new Density().tally([], [], counts, 11);
    expect(tallies.get(cell(HERE, 6))).toEqual({ supply: 30, demand: 0, vehicles: 42 });
  });
});

describe('coloured', () => {
  const tallies = new Map([
    ['few', { supply: 1, demand: 0, vehicles: 1 }],
    ['many', { supply: 9, demand: 0, vehicles: 9 }],
    ['wanted', { supply: 0, demand: 4, vehicles: 0 }],
  ]);

  it('leaves out empty cells, and makes fuller ones more opaque', () => {
    const cells = coloured(tallies, 'supply');
    expect(cells.map(({ cell }) => cell)).toEqual(['few', 'many']);
    expect(cells[1]!.opacity).toBeGreaterThan(cells[0]!.opacity);
    expect(coloured(tallies, 'demand').map(({ cell }) => cell)).toEqual(['wanted']);
  });

  it('shows by colour whether cars or riders wait', () => {
    const [free, , wanted] = coloured(tallies, 'ratio');
    expect(free!.colour[2]).toBeGreaterThan(free!.colour[0]);
    expect(wanted!.colour[0]).toBeGreaterThan(wanted!.colour[2]);
  });
});
