import type { Trip } from '#protocol';
import { csvOf, download } from '../../../shared/ui/csv.js';
import type { Row } from '../fleet-store.js';
import type { BoardSession } from '../session.js';

const PAGE = 500;
/** More rows than most spreadsheets open quickly. */
const MAX_ROWS = 100_000;

const VEHICLE_COLUMNS = [
  'driver',
  'state',
  'no_signal',
  'trip',
  'lat',
  'lng',
  'speed_mps',
  'heading',
  'received_at',
];
const TRIP_COLUMNS = [
  'trip',
  'state',
  'rider',
  'driver',
  'requested_at',
  'changed_at',
  'pickup_lat',
  'pickup_lng',
  'dropoff_lat',
  'dropoff_lng',
  'cancelled_by',
];

type Listed = Omit<Row, 't' | 'ageMs' | 'riderId'>;

/** Saves the list as it is filtered now: what is in view, or the whole fleet. */
export async function downloadVehicles(session: BoardSession): Promise<void> {
  const { scope, rows } = session.fleet.$shown.get();
  const listed = scope === 'all' ? await wholeFleet(session) : rows.filter((row) => row !== undefined);
  download('vehicles.csv', csvOf(VEHICLE_COLUMNS, listed.map(vehicleCells)));
}

async function wholeFleet({ client, fleet }: BoardSession): Promise<Listed[]> {
  const search = fleet.search();
  const found: Listed[] = [];
  for (let offset = 0; offset < MAX_ROWS; offset += PAGE) {
    const { vehicles, total } = await client.searchFleet({ ...search, offset, limit: PAGE });
    found.push(...vehicles.map(({ noSignal: isStale, ...vehicle }) => ({ ...vehicle, isStale })));
    if (offset + PAGE >= total) break;
  }
  return found;
}

const vehicleCells = ({ id, state, isStale, tripId, lat, lng, speedMps, heading, receivedAt }: Listed) => [
  id,
  state ?? '',
  isStale,
  tripId ?? '',
  lat,
  lng,
  speedMps,
  heading,
  iso(receivedAt),
];

/** Saves trips, open ones or those that have ended. */
export function downloadTrips(trips: readonly Trip[]): void {
  download('trips.csv', csvOf(TRIP_COLUMNS, trips.map(tripCells)));
}

const tripCells = ({
  id,
  state,
  riderId,
  driverId,
  createdAt,
  changedAt,
  pickup,
  dropoff,
  cancelled,
}: Trip) => [
  id,
  state,
  riderId,
  driverId ?? '',
  iso(createdAt),
  iso(changedAt),
  pickup.lat,
  pickup.lng,
  dropoff.lat,
  dropoff.lng,
  cancelled?.by ?? '',
];

const iso = (ms: number): string => new Date(ms).toISOString();
