import { expect, test } from 'vitest';
import type { LngLat, Zone, ZoneDraft, ZonesComparison } from '#sdk';
import { featuresOf } from '../layer/features.js';
import { drawnComparison } from './compared.js';

const zone = (id: string, lng: number): Zone => ({
  id,
  name: `Zone ${id}`,
  kind: 'no_go',
  polygons: [
    [
      [
        [lng, 0],
        [lng + 1, 0],
        [lng, 1],
      ],
    ],
  ],
  rules: { repeatAfterS: 600 },
  version: 1,
  updatedBy: 'u',
  at: 1,
});
const drafted = ({ id, name, polygons, rules }: Zone): ZoneDraft => ({
  id,
  name,
  kind: 'no_go',
  polygons,
  rules: rules as never,
  lockedBy: null,
});
const PLACE: LngLat = [9, 9];
const COMPARISON: ZonesComparison = {
  number: 3,
  replaces: 1,
  added: [zone('new', 1)],
  changed: [{ before: zone('moved', 2), after: zone('moved', 3), aspects: ['moved'] }],
  removed: [zone('gone', 4)],
  inWords: [],
  problems: [{ zoneId: 'same', name: 'Zone same', reason: 'crosses or touches itself', place: PLACE }],
};
const DRAFT = ['new', 'moved', 'same'].map((id, i) => drafted(zone(id, i)));

test('what is added, changed and removed is marked on the map, with what it was before', () => {
  const { active } = drawnComparison({ comparison: COMPARISON, version: null }, DRAFT);
  expect(active.map(({ id, change }) => `${change} ${id}`)).toEqual([
    'removed gone',
    'before moved',
    'changed moved',
    'added new',
  ]);
  const labels = featuresOf(active).features.map(({ properties }) => properties!.text);
  expect(labels.filter((text) => text !== undefined)).toEqual(['− Zone gone', '± Zone moved', '+ Zone new']);
});

test('what stays is drawn as it is, with its fault, beside the draft but not beside an earlier version', () => {
  const { resting } = drawnComparison({ comparison: COMPARISON, version: null }, DRAFT);
  expect(resting).toMatchObject([{ id: 'same', fault: PLACE }]);
  expect(drawnComparison({ comparison: COMPARISON, version: 1 }, DRAFT).resting).toEqual([]);
});
