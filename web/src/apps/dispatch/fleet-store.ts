import { atom, type ReadableAtom } from 'nanostores';
import type { CellCount, Trip, Vehicle } from '#protocol';
import type { DispatchClient } from '#sdk';

/** State of a vehicle as the board shows it. A busy driver with an open trip is `on_trip`. */
export type VehicleState = 'available' | 'busy' | 'on_trip';

/** A vehicle in view with its open trip. `isStale`: its last position is older than {@link STALE_MS}. */
export type Row = Vehicle & {
  receivedAt: number;
  state: VehicleState;
  tripId: string | null;
  /** time since the service received the position */
  ageMs: number;
  isStale: boolean;
};

export type Filter = {
  /** matches any part of the driver's or the trip's id, ignoring case */
  text: string;
  states: ReadonlySet<VehicleState>;
  /** only vehicles without a signal */
  staleOnly: boolean;
};

export type Order = 'id' | 'age' | 'state';

export type Shown = {
  /** vehicles that match the filter, sorted */
  rows: readonly Row[];
  /** number of vehicles in view by state, before filtering */
  counts: Record<VehicleState | 'stale', number>;
  total: number;
};

export const VEHICLE_STATES: readonly VehicleState[] = ['available', 'on_trip', 'busy'];
export const NO_FILTER: Filter = { text: '', states: new Set(VEHICLE_STATES), staleOnly: false };
/** More than two reporting intervals of a parked vehicle on a watched map. */
const STALE_MS = 12_000;
const REFRESH_MS = 1_000;

/** Vehicles in view as the list and the map show them, filtered and sorted once a second rather than per frame. */
export class FleetStore {
  readonly $filter = atom<Filter>(NO_FILTER);
  readonly $order = atom<Order>('id');
  /** vehicle under the pointer or the keyboard cursor, on the map or in the list */
  readonly $hovered = atom<string | null>(null);
  readonly $shown = atom<Shown>({
    rows: [],
    counts: { available: 0, busy: 0, on_trip: 0, stale: 0 },
    total: 0,
  });
  /** counts per cell while too many vehicles are in view to be sent one by one, else null */
  readonly $counts = atom<readonly CellCount[] | null>(null);
  readonly #client: DispatchClient;
  /** open trip by driver */
  #tripByDriver: ReadonlyMap<string, string> = new Map();

  constructor(client: DispatchClient, $trips: ReadableAtom<ReadonlyMap<string, Trip>>) {
    this.#client = client;
    $trips.listen(() => {
      this.#tripByDriver = tripByDriverOf($trips.get().values());
    });
    client.on('counts', (counts) => this.$counts.set(counts));
    client.on('fleet', ({ moved }) => {
      if (moved.length > 0) this.$counts.set(null);
    });
    for (const store of [this.$filter, this.$order]) store.listen(() => this.refresh());
    setInterval(() => this.refresh(), REFRESH_MS);
  }

  /** Returns the service's time, epoch ms. */
  now(): number {
    return this.#client.now();
  }

  /** Returns a vehicle with its trip and the age of its position. @param now the service's time, epoch ms */
  row(vehicle: Vehicle, now: number): Row {
    return rowOf(vehicle, this.#tripByDriver.get(vehicle.id) ?? null, now);
  }

  /** Rebuilds `shown` from the vehicles in view. */
  refresh(): void {
    const now = this.now();
    const counts = { available: 0, busy: 0, on_trip: 0, stale: 0 };
    const filter = this.$filter.get();
    const rows: Row[] = [];
    for (const vehicle of this.#client.vehicles) {
      const row = this.row(vehicle, now);
      counts[row.state]++;
      if (row.isStale) counts.stale++;
      if (matches(row, filter)) rows.push(row);
    }
    rows.sort(ORDERS[this.$order.get()]);
    this.$shown.set({ rows, counts, total: this.#client.vehicles.size });
  }
}

const tripByDriverOf = (trips: Iterable<Trip>): Map<string, string> =>
  new Map([...trips].flatMap(({ id, driverId }) => (driverId === null ? [] : [[driverId, id] as const])));

/** Returns the row of a vehicle. @param now the service's time, epoch ms */
export function rowOf(vehicle: Vehicle, tripId: string | null, now: number): Row {
  const { id, lat, lng, heading, speedMps, status, t, receivedAt = t } = vehicle;
  const ageMs = Math.max(0, now - receivedAt);
  const state = status === 'available' ? 'available' : tripId === null ? 'busy' : 'on_trip';
  const isStale = ageMs > STALE_MS;
  return { id, lat, lng, heading, speedMps, status, t, receivedAt, state, tripId, ageMs, isStale };
}

/** Returns whether a vehicle matches the filter. */
export function matches({ id, tripId, state, isStale }: Row, filter: Filter): boolean {
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
