import type { CellCount, Trip, Vehicle } from '#protocol';
import type { DispatchClient } from '#sdk';
import { Store } from '../../shared/live/store.js';

/** What a dispatcher calls the status of a vehicle; `stale` is one unheard for a while, whatever it was state. */
export type VehicleState = 'available' | 'busy' | 'on_trip';

export type Row = Vehicle & { state: VehicleState; tripId: string | null; ageMs: number; isStale: boolean };

export type Filter = {
  /** part of the id of a driver or of its trip */
  text: string;
  states: ReadonlySet<VehicleState>;
  /** only those whose position is older */
  staleOnly: boolean;
};

export type Order = 'id' | 'age' | 'state';

export type Shown = {
  /** in order, those that pass the filter */
  rows: readonly Row[];
  /** of all in view */
  counts: Record<VehicleState | 'stale', number>;
  total: number;
};

export const VEHICLE_STATES: readonly VehicleState[] = ['available', 'on_trip', 'busy'];
export const NO_FILTER: Filter = { text: '', states: new Set(VEHICLE_STATES), staleOnly: false };
/** Longer than two intervals of a vehicle that stands on a watched map. */
const STALE_MS = 12_000;
const LOOK_MS = 1_000;

/** The vehicles in view as the list and the map show them: filtered and sorted once a second, not with each frame. */
export class FleetView {
  readonly filter = new Store<Filter>(NO_FILTER);
  readonly order = new Store<Order>('id');
  /** the vehicle under the mouse or the keys, on the map as in the list */
  readonly hovered = new Store<string | null>(null);
  readonly shown = new Store<Shown>({
    rows: [],
    counts: { available: 0, busy: 0, on_trip: 0, stale: 0 },
    total: 0,
  });
  /** when there are more vehicles in view than are sent one by one */
  readonly counts = new Store<readonly CellCount[] | null>(null);
  readonly #client: DispatchClient;
  /** the open trip of each driver that has one */
  #driving: ReadonlyMap<string, string> = new Map();
  #clockAheadMs = 0;

  constructor(client: DispatchClient, trips: Store<ReadonlyMap<string, Trip>>) {
    this.#client = client;
    trips.subscribe(() => {
      this.#driving = drivingOf(trips.get().values());
    });
    client.on('connection', (state) => {
      if ('hello' in state) this.#clockAheadMs = state.hello.now - Date.now();
    });
    client.on('counts', (counts) => this.counts.set(counts));
    client.on('fleet', ({ moved }) => {
      if (moved.length > 0) this.counts.set(null);
    });
    for (const store of [this.filter, this.order]) store.subscribe(() => this.look());
    setInterval(() => this.look(), LOOK_MS);
  }

  /** Epoch ms by the service's clock. */
  now(): number {
    return Date.now() + this.#clockAheadMs;
  }

  /** A vehicle with its trip and its age. @param now epoch ms by the service's clock */
  row(vehicle: Vehicle, now: number): Row {
    return rowOf(vehicle, this.#driving.get(vehicle.id) ?? null, now);
  }

  look(): void {
    const now = this.now();
    const counts = { available: 0, busy: 0, on_trip: 0, stale: 0 };
    const filter = this.filter.get();
    const rows: Row[] = [];
    for (const vehicle of this.#client.vehicles) {
      const row = this.row(vehicle, now);
      counts[row.state]++;
      if (row.isStale) counts.stale++;
      if (passes(row, filter)) rows.push(row);
    }
    rows.sort(ORDERS[this.order.get()]);
    this.shown.set({ rows, counts, total: this.#client.vehicles.size });
  }
}

const drivingOf = (trips: Iterable<Trip>): Map<string, string> =>
  new Map([...trips].flatMap(({ id, driverId }) => (driverId === null ? [] : [[driverId, id] as const])));

export function rowOf(vehicle: Vehicle, tripId: string | null, now: number): Row {
  const { id, lat, lng, heading, speedMps, status, t } = vehicle;
  const ageMs = Math.max(0, now - t);
  const state = status === 'available' ? 'available' : tripId === null ? 'busy' : 'on_trip';
  return { id, lat, lng, heading, speedMps, status, t, state, tripId, ageMs, isStale: ageMs > STALE_MS };
}

export function passes({ id, tripId, state, isStale }: Row, filter: Filter): boolean {
  if (!filter.states.has(state) || (filter.staleOnly && !isStale)) return false;
  const text = filter.text.trim().toLowerCase();
  return text === '' || id.toLowerCase().includes(text) || (tripId?.toLowerCase().includes(text) ?? false);
}

const byId = (a: Row, b: Row): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

const ORDERS: Record<Order, (a: Row, b: Row) => number> = {
  id: byId,
  age: (a, b) => b.ageMs - a.ageMs,
  state: (a, b) => VEHICLE_STATES.indexOf(a.state) - VEHICLE_STATES.indexOf(b.state) || byId(a, b),
};
