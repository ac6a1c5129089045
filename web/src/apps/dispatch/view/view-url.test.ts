import { expect, it } from 'vitest';
import { NO_FILTER } from '../fleet-store.js';
import { queryOf, type View, viewOf } from './view-url.js';

const USUAL: View = {
  camera: null,
  filter: NO_FILTER,
  order: 'id',
  scope: 'view',
  measure: 'supply',
  selection: null,
  replay: null,
};

it('writes nothing for the usual view, and reads what it wrote', () => {
  expect(queryOf(USUAL)).toBe('');
  expect(viewOf('')).toEqual(USUAL);
  const view: View = {
    camera: { lat: 40.758, lng: -73.985, zoom: 14.25 },
    filter: { text: 'a&b c', states: new Set(['busy', 'offline']), staleOnly: true },
    order: 'age',
    scope: 'all',
    measure: 'ratio',
    selection: { kind: 'trip', id: 't:1' },
    replay: { at: 1_700_000_000_000, of: 'area', hours: 3 },
  };
  expect(queryOf(view)).toContain('c=40.75800,-73.98500,14.25');
  expect(viewOf(`?${queryOf(view)}`)).toEqual(view);
  const none: View = { ...USUAL, filter: { ...NO_FILTER, states: new Set() } };
  expect(viewOf(`?${queryOf(none)}`)).toEqual(none);
});

it('takes what is not valid, and what a chat app appended, as usual', () => {
  expect(viewOf('?c=91,0,3&sort=name&list=x&at=soon&cells=')).toEqual(USUAL);
  expect(viewOf('?c=1,2').camera).toBeNull();
  expect(viewOf('?driver=d-1.').selection).toEqual({ kind: 'driver', id: 'd-1' });
});
