import { atom, type ReadableAtom } from 'nanostores';
import type { CellCount, Position, Trip, Vehicle, VehicleState } from '#protocol';
import type { DispatchClient, FleetSearch, FoundVehicle } from '#sdk';
import { FleetPages } from './list/fleet-pages.js';
import type { Replay } from './replay/history.js';
import { rowsAt } from './replay/past.js';
import type { LiveRow, Row } from './row.js';

export type { Row, VehicleState };

export type Filter = {
  /** matches any part of the id of the driver, of its trip or of that trip's rider, ignoring case */
  text: string;
  states: ReadonlySet<VehicleState>;
  /** only vehicles without a signal */
  staleOnly: boolean;
};

export type Order = 'id' | 'age' | 'state';

/** Part of the fleet that the list shows: what the map shows, or all of it. */
export type Scope = 'view' | 'all';

export type Shown = {
  scope: Scope;
  /** vehicles that match the filter, sorted; those of the whole fleet only around what is on the screen */
  rows: ReadonlyArray<Row | undefined>;
  /** number of vehicles by state, before filtering by state */
  counts: Record<VehicleState | 'stale', number>;
  /** number of vehicles that are working, before filtering by state */
  total: number;
  /** `many`: too many in view to be sent one by one; `loading`, `failed`: the whole fleet is not known yet */
  problem: 'many' | 'loading' | 'failed' | null;
};

export const VEHICLE_STATES: readonly VehicleState[] = ['available', 'on_trip', 'busy', 'offline'];
export const WORKING_STATES: readonly VehicleState[] = VEHICLE_STATES.slice(0, 3);
export const NO_FILTER: Filter = { text: '', states: new Set(WORKING_STATES), staleOnly: false };
/** More than two reporting intervals of a parked vehicle on a watched map. */
const STALE_MS = 12_000;
const REFRESH_MS = 1_000;
/** Longer than the service needs to notice that a driver went offline. */
const OFFLINE_MS = 8_000;

const NO_COUNTS = { available: 0, busy: 0, on_trip: 0, offline: 0, stale: 0 };

/** Vehicles as the list and the map show them, filtered and sorted once a second rather than per frame. */
export class FleetStore {
  readonly $filter = atom<Filter>(NO_FILTER);
  readonly $order = atom<Order>('id');
  /** vehicle under the pointer or the keyboard cursor, on the map or in the list */
  readonly $hovered = atom<string | null>(null);
  readonly $scope = atom<Scope>('view');
  readonly $shown = atom<Shown>({ scope: 'view', rows: [], counts: NO_COUNTS, total: 0, problem: null });
  /** whether a position is on the map as it is now */
  readonly $isInView = atom<(position: Position) => boolean>(() => true);
  readonly pages: FleetPages;
  /** counts per cell while too many vehicles are in view to be sent one by one, else null */
  readonly $counts = atom<readonly CellCount[] | null>(null);
  readonly #client: DispatchClient;
  /** open trip by driver */
  #tripByDriver: ReadonlyMap<string, Trip> = new Map();
  /** drivers taken offline here, until when that is known better than what the service says */
  readonly #offlineUntil = new Map<string, number>();

  constructor(
    client: DispatchClient,
    $trips: ReadableAtom<ReadonlyMap<string, Trip>>,
    /** the replay that is shown instead of the live fleet */
    private readonly $replay: ReadableAtom<Replay | null> = atom(null),
  ) {
    this.#client = client;
    this.pages = new FleetPages(client);
    $trips.listen(() => {
      this.#tripByDriver = tripByDriverOf($trips.get().values());
    });
    client.on('counts', (counts) => this.$counts.set(counts));
    client.on('fleet', ({ moved }) => {
      if (moved.length > 0) this.$counts.set(null);
    });
    for (const store of [this.$filter, this.$order, this.$scope])
      store.listen(() => {
        this.#search();
        this.refresh();
      });
    for (const store of [this.pages.$listed, this.pages.$hasFailed]) store.listen(() => this.refresh());
    setInterval(() => this.refresh(), REFRESH_MS);
    let isReplayed = false;
    // A moment that is chosen by hand is listed at once; while it plays, once a second.
    $replay.listen((replay) => {
      const hasChanged = (replay !== null) !== isReplayed;
      isReplayed = replay !== null;
      if (hasChanged || replay?.plays === false) this.refresh();
    });
  }

  /** Shows a driver as offline from now on; the service confirms it within seconds. */
  tookOffline(driverId: string): void {
    this.#offlineUntil.set(driverId, this.now() + OFFLINE_MS);
    this.pages.refresh();
    this.refresh();
  }

  /** Whether a driver was just taken offline here. */
  isTakenOffline(driverId: string): boolean {
    const until = this.#offlineUntil.get(driverId);
    if (until !== undefined && until <= this.now()) this.#offlineUntil.delete(driverId);
    return until !== undefined && until > this.now();
  }

  /** Returns the service's time, epoch ms. */
  now(): number {
    return this.#client.now();
  }

  /** Returns a vehicle with its trip and the age of its position. @param now the service's time, epoch ms */
  row(vehicle: Vehicle, now: number): LiveRow {
    return this.#current(rowOf(vehicle, this.#tripByDriver.get(vehicle.id) ?? null, now));
  }

  #current(row: LiveRow): LiveRow {
    return this.isTakenOffline(row.id) ? { ...row, state: 'offline' } : row;
  }

  /** Rebuilds `shown`. */
  refresh(): void {
    const replay = this.$replay.get();
    const isAll = replay === null && this.$scope.get() === 'all';
    this.$shown.set(isAll ? this.#all() : this.#listed(replay === null ? this.#live() : rowsAt(replay)));
  }

  /** Returns the filter and the order as a search in the whole fleet. */
  search(): Omit<FleetSearch, 'offset' | 'limit'> {
    const { text, states, staleOnly } = this.$filter.get();
    return { text: text.trim(), states: [...states], noSignal: staleOnly, order: this.$order.get() };
  }

  /** Asks the service for the whole fleet, if the list shows it. */
  #search(): void {
    this.pages.show(this.$scope.get() === 'all' ? this.search() : null);
  }

  #all(): Shown {
    const listed = this.pages.$listed.get();
    const problem = this.pages.$hasFailed.get() ? 'failed' : listed === null ? 'loading' : null;
    if (listed === null) return { scope: 'all', rows: [], counts: NO_COUNTS, total: 0, problem };
    const { noSignal: stale, ...states } = listed.counts;
    const now = this.now();
    const rows = listed.rows.map((vehicle) => vehicle && this.#current(rowOfFound(vehicle, now)));
    const total = this.#totalOf(states);
    return { scope: 'all', rows, counts: { ...states, stale }, total, problem };
  }

  *#live(): Iterable<Row> {
    const now = this.now();
    const isInView = this.$isInView.get();
    for (const vehicle of this.#client.vehicles) if (isInView(vehicle)) yield this.row(vehicle, now);
  }

  #listed(all: Iterable<Row>): Shown {
    const counts = { ...NO_COUNTS };
    let unknown = 0;
    const filter = this.$filter.get();
    const rows: Row[] = [];
    for (const row of all) {
      if (!matchesText(row, filter)) continue;
      if (row.state === null) unknown++;
      else counts[row.state]++;
      if (row.isStale) counts.stale++;
      if (matches(row, filter)) rows.push(row);
    }
    rows.sort(ORDERS[this.$order.get()]);
    const problem = this.$counts.get() === null || this.$replay.get() !== null ? null : 'many';
    return { scope: 'view', rows, counts, total: this.#totalOf(counts) + unknown, problem };
  }

  /** Vehicles that are offline count only while the list shows them. */
  #totalOf({ available, on_trip, busy, offline }: Record<VehicleState, number>): number {
    return available + on_trip + busy + (this.$filter.get().states.has('offline') ? offline : 0);
  }
}

const tripByDriverOf = (trips: Iterable<Trip>): Map<string, Trip> =>
  new Map([...trips].flatMap((trip) => (trip.driverId === null ? [] : [[trip.driverId, trip] as const])));

/** Returns the row of a vehicle. @param trip its open trip @param now the service's time, epoch ms */
export function rowOf(vehicle: Vehicle, trip: Pick<Trip, 'id' | 'riderId'> | null, now: number): LiveRow {
  const { id, lat, lng, heading, speedMps, status, t, receivedAt = t } = vehicle;
  const ageMs = Math.max(0, now - receivedAt);
  const state = status === 'available' ? 'available' : trip === null ? 'busy' : 'on_trip';
  const isStale = ageMs > STALE_MS;
  const { id: tripId, riderId } = trip ?? { id: null, riderId: null };
  return { id, lat, lng, heading, speedMps, t, receivedAt, state, tripId, riderId, ageMs, isStale };
}

/** Returns whether a vehicle matches the filter. */
export function matches(row: Row, filter: Filter): boolean {
  return matchesState(row, filter) && !(filter.staleOnly && !row.isStale) && matchesText(row, filter);
}

/** Without a known trip, a vehicle of the past may have been available or busy. */
const matchesState = ({ state }: Row, { states }: Filter): boolean =>
  state === null ? states.has('available') || states.has('busy') : states.has(state);

function matchesText({ id, tripId, riderId }: Row, filter: Filter): boolean {
  const text = filter.text.trim().toLowerCase();
  return [id, tripId, riderId].some((each) => each?.toLowerCase().includes(text));
}

/** Whether a vehicle has no signal is decided by the service, because one that nobody watches reports less often. */
function rowOfFound({ noSignal: isStale, ...vehicle }: FoundVehicle, now: number): LiveRow {
  return { ...vehicle, riderId: null, ageMs: Math.max(0, now - vehicle.receivedAt), isStale };
}

const byId = (a: Row, b: Row): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Those without a known state come last. */
const rankOf = ({ state }: Row): number =>
  state === null ? VEHICLE_STATES.length : VEHICLE_STATES.indexOf(state);

const ORDERS: Record<Order, (a: Row, b: Row) => number> = {
  id: byId,
  age: (a, b) => b.ageMs - a.ageMs,
  state: (a, b) => rankOf(a) - rankOf(b) || byId(a, b),
};
