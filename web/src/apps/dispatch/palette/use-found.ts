import { useEffect, useState } from 'react';
import type { Trip, VehicleState } from '#protocol';
import type { BoardSession } from '../session.js';

/** Short enough to read without scrolling; more typing narrows it. */
const MAX_RESULTS = 8;
const SETTLE_MS = 100;
/** The service's picture of the fleet is a few seconds old: a driver that just came is found with the next search. */
const AGAIN_MS = 2_000;
const EVERY_STATE: VehicleState[] = ['available', 'on_trip', 'busy', 'offline'];
const NOTHING: Found = { drivers: [], trips: [], total: 0 };

export type Found = { drivers: Array<{ id: string; state: VehicleState }>; trips: Trip[]; total: number };

/** Longest time that a search without an answer counts as running, ms. */
const MAX_WAIT_MS = 3_000;

/**
 * Searches the whole fleet while the text stays the same; what the board knows itself is found at once.
 * @returns what was found, and whether the answer for this text is still to come
 */
export function useFound(session: BoardSession, text: string): Found & { isSearching: boolean } {
  const query = text.trim();
  const [found, setFound] = useState<{ query: string } & Found>({ query: '', ...NOTHING });
  /** the text for which the answer has come, or will not come */
  const [settled, setSettled] = useState('');
  useEffect(() => {
    if (query === '') return;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout>;
    const giveUp = setTimeout(() => setSettled(query), MAX_WAIT_MS);
    const search = async () => {
      const page = await session.client
        .searchFleet({ text: query, states: EVERY_STATE, limit: MAX_RESULTS })
        .catch(() => null);
      if (!isCurrent) return;
      setSettled(query);
      if (page !== null) {
        const { vehicles, trips, total } = page;
        setFound({ query, drivers: vehicles, trips: trips.slice(0, MAX_RESULTS), total });
      }
      timer = setTimeout(search, AGAIN_MS);
    };
    timer = setTimeout(search, SETTLE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      clearTimeout(giveUp);
    };
  }, [session, query]);
  if (query === '') return { ...NOTHING, isSearching: false };
  const isAnswered = found.query === query && found.drivers.length + found.trips.length > 0;
  return { ...(isAnswered ? found : known(session, query)), isSearching: settled !== query };
}

/** Finds drivers in view and open trips without the service. */
function known({ client, fleet, $trips }: BoardSession, query: string): Found {
  const text = query.toLowerCase();
  const now = fleet.now();
  const drivers = [...client.vehicles]
    .filter(({ id }) => id.toLowerCase().includes(text))
    .map((vehicle) => fleet.row(vehicle, now))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const trips = [...$trips.get().values()].filter(({ id, riderId, driverId }) =>
    `${id} ${riderId} ${driverId ?? ''}`.toLowerCase().includes(text),
  );
  return {
    drivers: drivers.slice(0, MAX_RESULTS),
    trips: trips.slice(0, MAX_RESULTS),
    total: drivers.length,
  };
}
