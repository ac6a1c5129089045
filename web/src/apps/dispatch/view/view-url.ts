import { parameter } from '../../../shared/live/address.js';
import {
  type Filter,
  NO_FILTER,
  type Order,
  type Scope,
  VEHICLE_STATES,
  WORKING_STATES,
} from '../fleet-store.js';
import type { Measure } from '../map/density.js';
import type { Selection } from '../selection.js';

/** View that the address of the board names; a part that is missing is as usual. */
export type View = {
  camera: { lat: number; lng: number; zoom: number } | null;
  filter: Filter;
  order: Order;
  scope: Scope;
  measure: Measure;
  selection: Selection | null;
  /** moment of a replay: epoch ms, of the area or of the selected driver; `hours`: the time span around it */
  replay: { at: number; of: 'area' | 'driver'; hours: number } | null;
};

const ORDERS: readonly Order[] = ['id', 'state', 'age'];
const MEASURES: readonly Measure[] = ['supply', 'demand', 'ratio'];

const OWN = [
  'c',
  'list',
  'q',
  'states',
  'no_signal',
  'sort',
  'cells',
  'driver',
  'trip',
  'at',
  'replay',
  'hours',
];

/**
 * Writes a view as the query of the board's address, as short as possible.
 * @param search the present query, whose other parameters stay
 */
export function queryOf(
  { camera, filter, order, scope, measure, selection, replay }: View,
  search = '',
): string {
  const query = new URLSearchParams(search);
  for (const name of OWN) query.delete(name);
  if (camera !== null)
    query.set('c', `${camera.lat.toFixed(5)},${camera.lng.toFixed(5)},${camera.zoom.toFixed(2)}`);
  if (scope === 'all') query.set('list', 'all');
  if (filter.text.trim() !== '') query.set('q', filter.text.trim());
  const states = VEHICLE_STATES.filter((state) => filter.states.has(state));
  if (states.join() !== WORKING_STATES.join()) query.set('states', states.join());
  if (filter.staleOnly) query.set('no_signal', '1');
  if (order !== 'id') query.set('sort', order);
  if (measure !== 'supply') query.set('cells', measure);
  if (selection !== null) query.set(selection.kind, selection.id);
  if (replay !== null) {
    query.set('at', String(Math.round(replay.at)));
    query.set('replay', replay.of);
    if (replay.hours !== 1) query.set('hours', String(replay.hours));
  }
  // Readable where that is allowed.
  return query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/** Reads a view from the query of an address. Whatever is not valid is as usual. */
export function viewOf(search: string): View {
  const query = new URLSearchParams(search);
  const text = (name: string) => parameter(query, name) ?? '';
  const oneOf = <T extends string>(name: string, values: readonly T[], usual: T): T =>
    values.find((value) => value === text(name)) ?? usual;
  const states = text('states').split(',');
  const known = VEHICLE_STATES.filter((state) => states.includes(state));
  const at = Number(text('at'));
  return {
    camera: cameraOf(text('c')),
    filter: {
      text: query.get('q') ?? '',
      states: known.length > 0 || query.has('states') ? new Set(known) : NO_FILTER.states,
      staleOnly: text('no_signal') === '1',
    },
    order: oneOf('sort', ORDERS, 'id'),
    scope: oneOf('list', ['view', 'all'], 'view'),
    measure: oneOf('cells', MEASURES, 'supply'),
    selection: selectionOf(query),
    replay:
      at > 0
        ? { at, of: oneOf('replay', ['area', 'driver'], 'area'), hours: Number(text('hours')) || 1 }
        : null,
  };
}

function cameraOf(text: string): View['camera'] {
  const [lat = Number.NaN, lng = Number.NaN, zoom = Number.NaN] = text.split(',').map(Number);
  const isValid = text !== '' && Math.abs(lat) <= 85 && Math.abs(lng) <= 180 && zoom >= 0 && zoom <= 24;
  return isValid ? { lat, lng, zoom } : null;
}

function selectionOf(query: URLSearchParams): Selection | null {
  for (const kind of ['driver', 'trip'] as const) {
    const id = parameter(query, kind);
    if (id !== null) return { kind, id };
  }
  return null;
}
