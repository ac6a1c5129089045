import { expect, test } from 'vitest';
import type { PublishedVersion, Zone } from '#protocol';
import { encodedViewFor, viewFor } from './zone-views.js';

const KINDS = [
  'service_area',
  'no_pickup',
  'no_dropoff',
  'no_go',
  'pickup_points',
  'queue',
  'surge',
  'alert',
] as const;
const VERSION: PublishedVersion = {
  region: '831f1dfffffffff',
  version: 1,
  by: 'ann',
  at: 1,
  effectiveAt: 2,
  comment: 'why',
  restores: null,
  zoneCount: KINDS.length,
  zones: KINDS.map((kind) => ({ id: kind, kind, updatedBy: 'ben' }) as unknown as Zone),
};
const kindsFor = (role: 'rider' | 'driver' | 'dispatcher') =>
  viewFor(role, VERSION).zones.map(({ kind }) => kind);

test('riders and drivers see the zones that concern them, and no staff', () => {
  expect(kindsFor('rider')).toEqual(['service_area', 'no_pickup', 'no_dropoff', 'pickup_points']);
  expect(kindsFor('driver')).toEqual(KINDS.filter((kind) => kind !== 'alert'));
  for (const role of ['rider', 'driver'] as const)
    expect(encodedViewFor(role, VERSION)).not.toMatch(/ann|ben|why/);
});

test('staff sees everything, and each view is encoded once', () => {
  expect(JSON.parse(encodedViewFor('dispatcher', VERSION))).toEqual(VERSION);
  expect(JSON.parse(encodedViewFor('rider', VERSION))).toEqual(viewFor('rider', VERSION));
  expect(JSON.parse(encodedViewFor('rider', VERSION))).toEqual(viewFor('rider', VERSION));
});
