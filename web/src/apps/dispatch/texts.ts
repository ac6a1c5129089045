import type { DriverState, Trip } from '#protocol';
import { plural } from '../../shared/i18n/plural.js';
import type { Order, Scope, VehicleState } from './fleet-store.js';
import type { Column } from './list/columns.js';
import type { Measure } from './map/density.js';
import type { Tab } from './session.js';

export const PAGE = { title: 'Dispatch · Hexfleet' } as const;

/** Texts that several parts of the board share, and those of its map, list and vehicle card. */
export const TEXTS = {
  name: 'Hexfleet',
  place: 'Dispatch',
  panels: 'Lists',
  tabs: 'Parts of the board',
  list: 'Vehicles',
  map: 'Fleet map',
  side: 'Details and activity',
  loading: 'Loading the map…',
  noMap: 'This browser can’t show the map. The list still updates live.',
  offline: 'No connection. Reconnecting… Data may be out of date.',
  degraded: 'Positions are delayed. Data may be out of date.',
  refused: 'Your session has ended. Sign in again.',
  sessionEnded: 'Your session has ended. Reload the page.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  pins: { pickup: 'Pick-up', dropoff: 'Destination' },

  search: 'Search driver, rider or trip',
  scope: 'Vehicles to list',
  scopes: { view: 'In view', all: 'All' } satisfies Record<Scope, string>,
  statuses: 'Filter by status',
  stale: 'No signal',
  order: 'Sort by',
  orders: { id: 'Name', age: 'Last update', state: 'Status' } satisfies Record<Order, string>,
  shown: (shown: string, total: string) => `${shown} of ${total} vehicles`,
  pick: 'Select for a common action',
  columns: 'Columns',
  columnNames: { speed: 'Speed', heading: 'Heading', trip: 'Trip', age: 'Last update' } satisfies Record<
    Column,
    string
  >,
  csv: 'CSV',
  fitAll: 'Show all vehicles',
  noMatch: 'No vehicles match the filters',
  noneInView: 'No vehicles in view. Move the map, or list all.',
  noneConnected:
    'No vehicles are connected yet. Start a driver app, or run npm start with HEXFLEET_VEHICLES=300.',
  tooMany: 'Too many vehicles in view to list. Zoom in, or list all.',
  listing: 'Loading vehicles…',
  listFailed: 'Couldn’t load the vehicles. Trying again…',
  stopped: 'stopped',

  colours: 'Colour cells by',
  measures: { supply: 'Available cars', demand: 'Riders waiting', ratio: 'Balance' } satisfies Record<
    Measure,
    string
  >,
  range: {
    supply: (min: string, max: string) => `${min} to ${max} cars per cell`,
    demand: (min: string, max: string) => `${min} to ${max} riders per cell`,
  },
  legend: {
    supply: 'Fewer to more cars',
    demand: 'Fewer to more riders',
    ratio: 'More cars to more riders',
  } satisfies Record<Measure, string>,

  card: {
    close: 'Close',
    trip: 'Trip',
    rider: 'Rider',
    eta: 'ETA',
    noTrip: 'No current trip',
    lastUpdate: 'Last update',
    ago: (age: string) => `${age} ago`,
    position: 'Position',
    speed: 'Speed',
    heading: 'Heading',
    driven: 'Driven, last hour',
    interval: 'Update interval',
    delay: 'Delay',
    battery: 'Battery',
    altitude: 'Altitude',
    provider: 'Location source',
    mock: 'Mock location: the device says that another app made up this position',
    fixes: (n: number) =>
      plural(n, { one: '1 position in the last hour', other: '# positions in the last hour' }),
    late: (n: number) => plural(n, { other: '# late' }),
    repeated: (n: number) => plural(n, { other: '# duplicate' }),
    implausible: (n: number) => plural(n, { other: '# implausible' }),
    refused: (n: number) => plural(n, { other: '# rejected' }),
    recent: 'Recent positions',
    age: 'Age',
    noSignal: 'No signal yet',
    connected: (nodes: string) => `Connected to ${nodes}`,
    lastSeen: (age: string) => `Offline, last seen ${age} ago`,
    neverConnected: 'Not connected',
  },

  chat: {
    read: 'Read chat',
    hint: 'Each time you read a chat, the audit log records it.',
    empty: 'No messages',
    off: 'Dispatchers can’t read chats in this installation.',
    roles: { driver: 'Driver', rider: 'Rider' },
  },
} as const;

export const TAB_NAMES: Record<Tab, string> = {
  map: 'Map',
  vehicles: 'Vehicles',
  zones: 'Zones',
  trips: 'Trips',
  activity: 'Activity',
};

export const STATE_NAMES: Record<VehicleState, string> = {
  available: 'Available',
  on_trip: 'On trip',
  busy: 'Busy',
  offline: 'Offline',
};

export const DRIVER_STATUS_NAMES: Record<DriverState['status'], string> = {
  available: 'Available',
  busy: 'Busy',
  offline: 'Offline',
};

export const TRIP_STATE_NAMES: Record<Trip['state'], string> = {
  requested: 'Requested',
  offered: 'Offered',
  accepted: 'Accepted',
  arriving: 'Arriving',
  arrived: 'Arrived',
  on_trip: 'On trip',
  completed: 'Completed',
  cancelled: 'Cancelled',
};
