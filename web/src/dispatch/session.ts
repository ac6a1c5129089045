import type { Trip } from '#protocol';
import { Api, type ConnectionState, DispatchClient } from '#sdk';
import { identity } from '../live/identity.js';
import { Store } from '../live/store.js';

/** What the dispatcher has picked, on the map, in the list or by a command. */
export type Selection = { kind: 'driver' | 'trip'; id: string };

/** Everything live on the board. Outside of React: a component that mounts twice must not connect twice. */
export type BoardSession = {
  userId: string;
  client: DispatchClient;
  api: Api;
  connection: Store<ConnectionState['state']>;
  /** open trips by id; a new map with each change */
  trips: Store<ReadonlyMap<string, Trip>>;
  selection: Store<Selection | null>;
};

const OVER = new Set(['completed', 'cancelled']);

export function openBoard(): BoardSession {
  const { userId, token } = identity('dispatcher');
  const client = new DispatchClient({ token });
  const session: BoardSession = {
    userId,
    client,
    api: new Api({ token }),
    connection: new Store<ConnectionState['state']>('connecting'),
    trips: new Store<ReadonlyMap<string, Trip>>(new Map()),
    selection: new Store<Selection | null>(null),
  };
  const { trips, connection } = session;
  client.on('connection', ({ state }) => connection.set(state));
  client.on('trips', (open) => trips.set(new Map(open.map((trip) => [trip.id, trip]))));
  client.on('trip', (trip) => {
    const next = new Map(trips.get());
    if (OVER.has(trip.state)) next.delete(trip.id);
    else next.set(trip.id, trip);
    trips.set(next);
  });
  const begin = async () => {
    await client.connect();
    await client.watchTrips();
  };
  // What fails here is told by `connection`.
  begin().catch(() => {});
  return session;
}
