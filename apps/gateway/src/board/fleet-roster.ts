import {
  type CellCount,
  type FleetPage,
  type FleetSearch,
  type FoundVehicle,
  isOpen,
  type VehicleState,
} from '#protocol';
import type { RosterEntry } from '#store';
import { SERVICE, type TripRecord, viewOf } from '#trips';
import { indexesByAge } from './by-age.js';

const LIMIT = 100;
const MAX_TRIPS = 20;
/** In the order of the list. */
const STATES: readonly VehicleState[] = ['available', 'on_trip', 'busy', 'offline'];
const OFFLINE = STATES.indexOf('offline');
const WORKING: readonly VehicleState[] = STATES.slice(0, OFFLINE);

/** One driver of the fleet with its open trip. */
export type RosterRow = { readonly id: string; entry: RosterEntry; trip: TripRecord | null; readAt: number };

/** Part of the fleet that concerns a user. */
export type FleetScope = { hasDriver(id: string): boolean; hasTrip(trip: TripRecord): boolean };

const WHOLE: FleetScope = { hasDriver: () => true, hasTrip: () => true };

/**
 * The whole fleet and its open trips, updated in place: with 100,000 drivers, a search takes some milliseconds. What is
 * searched lies in columns in the order of the ids, and all texts in one string, which is the fastest to search.
 */
export class FleetRoster {
  readonly #rows = new Map<string, RosterRow>();
  /** rows that are not in the order yet */
  readonly #added: RosterRow[] = [];
  #trips: readonly TripRecord[] = [];
  #at = 0;
  #pass = 0;
  /** rows in the order of their ids; the columns below have the same order */
  #order: RosterRow[] = [];
  #states = new Uint8Array();
  #receivedAt = new Float64Array();
  /** text of each row in lower case, each after a line break */
  #texts = '';
  #starts = new Int32Array();

  /** All drivers, by id. */
  get rows(): readonly RosterRow[] {
    return this.#order;
  }

  /** Open trips, oldest first. */
  get trips(): readonly TripRecord[] {
    return this.#trips;
  }

  find(driverId: string): RosterRow | undefined {
    return this.#rows.get(driverId);
  }

  /** Version of a driver's record that this has, 0 for an unknown driver. */
  versionOf = (driverId: string): number => this.#rows.get(driverId)?.entry.version ?? 0;

  /** Starts to take over the fleet as it is now. */
  begin(): void {
    this.#pass += 1;
  }

  /** Takes over a record; null if the one that this has is current. */
  put(id: string, entry: RosterEntry | null): void {
    const row = this.#rows.get(id);
    // A driver that was only claimed has no position.
    if (entry !== null && entry.t === 0) return;
    if (row !== undefined) {
      row.readAt = this.#pass;
      if (entry !== null) row.entry = entry;
    } else if (entry !== null) {
      const added = { id, entry, trip: null, readAt: this.#pass };
      this.#rows.set(id, added);
      this.#added.push(added);
    }
  }

  /** Ends what {@link begin} began: drivers that were not put are gone. @param at time of the beginning, epoch ms */
  commit(trips: readonly TripRecord[], at: number): void {
    this.#at = at;
    this.#trips = trips.filter(({ state }) => isOpen(state)).sort((a, b) => a.createdAt - b.createdAt);
    const stays = (row: RosterRow) => row.readAt === this.#pass || !this.#rows.delete(row.id);
    const rows = this.#order.filter(stays);
    const added = this.#added.splice(0).filter(stays).sort(byId);
    const isSameOrder = added.length === 0 && rows.length === this.#order.length;
    if (!isSameOrder) this.#order = merged(rows, added);
    const haveSameTrips = this.#assignTrips();
    if (!isSameOrder || !haveSameTrips) this.#indexTexts();
    this.#indexStates();
  }

  /** @returns whether all drivers have the trips that they had */
  #assignTrips(): boolean {
    const tripOf = new Map(
      this.#trips.flatMap((trip) => (trip.driverId === null ? [] : [[trip.driverId, trip] as const])),
    );
    let areSame = true;
    for (const row of this.#order) {
      const trip = tripOf.size === 0 ? null : (tripOf.get(row.id) ?? null);
      if (trip?.id !== row.trip?.id) areSame = false;
      row.trip = trip;
    }
    return areSame;
  }

  #indexStates(): void {
    const { length } = this.#order;
    this.#states = new Uint8Array(length);
    this.#receivedAt = new Float64Array(length);
    for (let i = 0; i < length; i += 1) {
      const row = this.#order[i]!;
      this.#states[i] = STATES.indexOf(stateOf(row));
      this.#receivedAt[i] = row.entry.receivedAt;
    }
  }

  #indexTexts(): void {
    const texts = this.#order.map(({ id, trip }) =>
      trip === null ? id : `${id}\t${trip.id}\t${trip.riderId}`,
    );
    this.#starts = new Int32Array(texts.length);
    let length = 0;
    for (let i = 0; i < texts.length; i += 1) {
      this.#starts[i] = length;
      length += texts[i]!.length + 1;
    }
    // Ids are ASCII, so lower case has the same length.
    this.#texts = `\n${texts.join('\n')}`.toLowerCase();
  }

  /**
   * Answers a search.
   * @param noSignalMs age from which the position of a vehicle that works is too old
   * @param scope only this part of the fleet is searched and counted
   */
  search(search: FleetSearch, now: number, noSignalMs: number, scope = WHOLE): FleetPage {
    const { order = 'id', offset = 0, limit = LIMIT, noSignal: onlyNoSignal = false } = search;
    const wanted = new Set((search.states ?? WORKING).map((state) => STATES.indexOf(state)));
    // Line breaks and tabs separate ids.
    const text = (search.text ?? '').trim().toLowerCase().replace(/\s/g, ' ');
    const silentBefore = now - noSignalMs;
    const counts = STATES.map(() => 0);
    let silent = 0;
    const found: number[] = [];
    for (const i of this.#matching(text)) {
      if (!this.#isFoundIn(scope, i, text)) continue;
      const state = this.#states[i]!;
      const isSilent = state !== OFFLINE && this.#receivedAt[i]! < silentBefore;
      counts[state]! += 1;
      if (isSilent) silent += 1;
      if (wanted.has(state) && (isSilent || !onlyNoSignal)) found.push(i);
    }
    const [available, on_trip, busy, offline] = counts as [number, number, number, number];
    const trips =
      text === '' ? [] : this.#trips.filter((trip) => scope.hasTrip(trip) && textOfTrip(trip).includes(text));
    return {
      vehicles: this.#sorted(found, order, text)
        .slice(offset, offset + limit)
        .map((i) => this.#found(i, silentBefore, scope)),
      total: found.length,
      counts: { available, on_trip, busy, offline, noSignal: silent },
      trips: trips.slice(0, MAX_TRIPS).map((trip) => viewOf(trip, SERVICE)),
      totalTrips: trips.length,
      at: this.#at,
    };
  }

  /** Whether a row that a text finds is in the scope, and is found by more than a trip outside of it. */
  #isFoundIn(scope: FleetScope, i: number, text: string): boolean {
    const { id, trip } = this.#order[i]!;
    if (!scope.hasDriver(id)) return false;
    return trip === null || scope.hasTrip(trip) || id.toLowerCase().includes(text);
  }

  /** Rows that a text finds, in order. */
  *#matching(text: string): Iterable<number> {
    const starts = this.#starts;
    if (text === '') {
      for (let i = 0; i < starts.length; i += 1) yield i;
      return;
    }
    let i = 0;
    for (let at = this.#texts.indexOf(text); at !== -1; at = this.#texts.indexOf(text, starts[i]!)) {
      // The row whose line break is the last one before the match.
      i = lastAtOrBefore(starts, at, i);
      yield i;
      i += 1;
      if (i === starts.length) return;
    }
  }

  #sorted(found: number[], order: NonNullable<FleetSearch['order']>, text: string): readonly number[] {
    if (order === 'age') return indexesByAge(found, this.#receivedAt);
    if (order === 'state')
      return STATES.flatMap((_, state) => found.filter((i) => this.#states[i] === state));
    if (text === '') return found;
    const begins = (i: number) => this.#texts.startsWith(text, this.#starts[i]! + 1);
    return [...found.filter(begins), ...found.filter((i) => !begins(i))];
  }

  #found(i: number, silentBefore: number, scope: FleetScope): FoundVehicle {
    const { id, entry, trip } = this.#order[i]!;
    const { lat, lng, heading, speedMps, t, receivedAt } = entry;
    const state = STATES[this.#states[i]!]!;
    const tripId = trip !== null && scope.hasTrip(trip) ? trip.id : null;
    const noSignal = state !== 'offline' && this.#receivedAt[i]! < silentBefore;
    return { id, lat, lng, heading, speedMps, t, receivedAt, state, noSignal, tripId };
  }
}

/** Returns the number of vehicles in each cell. */
export function countsOf(entries: readonly Pick<RosterEntry, 'cell' | 'status'>[]): CellCount[] {
  const counts = new Map<string, CellCount>();
  for (const { cell, status } of entries) {
    const count = counts.get(cell) ?? { cell, available: 0, busy: 0 };
    if (status !== 'offline') count[status] += 1;
    counts.set(cell, count);
  }
  return [...counts.values()];
}

function stateOf({ entry: { present, status }, trip }: RosterRow): VehicleState {
  if (trip !== null) return 'on_trip';
  return present ? status : 'offline';
}

const textOfTrip = ({ id, riderId, driverId }: TripRecord): string =>
  `${id}\t${riderId}\t${driverId ?? ''}`.toLowerCase();

const byId = (a: RosterRow, b: RosterRow): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Merges rows that are in order. */
function merged(a: readonly RosterRow[], b: readonly RosterRow[]): RosterRow[] {
  const rows: RosterRow[] = [];
  let next = 0;
  for (const row of a) {
    while (next < b.length && byId(b[next]!, row) < 0) rows.push(b[next++]!);
    rows.push(row);
  }
  return rows.concat(b.slice(next));
}

/** Index of the last value that is not above a limit. @param from such an index, or 0 */
function lastAtOrBefore(values: Int32Array, limit: number, from: number): number {
  let [low, high] = [from, values.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
