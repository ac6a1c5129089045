import type { Order, VehicleState } from './fleet.js';
import type { Measure } from './map/density.js';

/** Every word of the board that several of its parts use, and those of its map, list and card. */
export const TEXTS = {
  name: 'Hexfleet',
  place: 'Dispatch',
  list: 'Vehicles',
  map: 'Map of the fleet',
  side: 'Activity and details',
  replay: 'Replay',
  loading: 'Drawing the city',
  noMap: 'The map cannot be drawn in this browser; the list is live.',
  offline: 'No connection, trying again. What you see is old.',
  refused: 'Your session has ended. Sign in again.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  pins: { pickup: 'Pick-up', dropoff: 'Drop-off' },

  search: 'Driver or trip',
  statuses: 'Show by status',
  stale: 'Unheard',
  order: 'Sort by',
  orders: { id: 'Name', age: 'Age', state: 'Status' } satisfies Record<Order, string>,
  shown: (shown: string, total: string) => `${shown} of ${total}`,
  nothing: 'No vehicle in view passes the filter.',
  tooMany: 'There are more vehicles in view than a list can use. Zoom in.',
  standing: 'standing',

  colours: 'Colour of the cells',
  measures: { supply: 'Free cars', demand: 'Riders waiting', ratio: 'Balance' } satisfies Record<
    Measure,
    string
  >,
  legend: {
    supply: 'fewer … more free cars',
    demand: 'fewer … more riders waiting',
    ratio: 'cars free … riders waiting',
  } satisfies Record<Measure, string>,
  cellsHint: 'Click a cell to go nearer',

  card: {
    close: 'Let go',
    none: 'Pick a vehicle on the map or in the list.',
    trip: 'Trip',
    rider: 'Rider',
    eta: 'There in',
    noTrip: 'No trip',
    position: 'Position',
    speed: 'Speed',
    heading: 'Heading',
    driven: 'In the last hour',
    every: 'A fix every',
    delay: 'Delay',
    fixes: (count: string) => `${count} fixes in the last hour`,
    late: 'late',
    repeated: 'repeated',
    implausible: 'implausible',
    refused: 'refused',
    last: 'Last fixes',
    time: 'Time',
    chat: 'Read the chat',
    chatHint: 'Each look is written in the audit.',
    chatEmpty: 'Nothing was said.',
    chatOff: 'This installation does not let dispatch read chats.',
    unheard: 'Not heard of yet',
    connected: (nodes: string) => `Connected to ${nodes}`,
    lastSeen: (age: string) => `Not connected; seen ${age} ago`,
    neverConnected: 'Not connected',
  },
} as const;

export const STATE_NAMES: Record<VehicleState, string> = {
  available: 'Free',
  on_trip: 'On a trip',
  busy: 'Busy',
};
