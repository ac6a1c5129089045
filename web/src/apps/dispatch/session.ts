import { atom, type ReadableAtom, type WritableAtom } from 'nanostores';
import type { Bbox, Track, Trip } from '#protocol';
import { Api, type ConnectionState, DispatchClient } from '#sdk';
import { parameter } from '../../shared/live/address.js';
import { NO_NUMBERS, type Numbers, watchNumbers } from '../../shared/live/nodes.js';
import type { Identity } from '../../shared/live/sign-in.js';
import type { PendingAction } from './actions/action.js';
import { ActivityFeed } from './activity/activity-feed.js';
import { AlertStore } from './activity/alert-store.js';
import { FleetStore } from './fleet-store.js';
import { type Sample, sampleOf, withSample } from './kpi-bar/history.js';
import type { Measure, Tally } from './map/density.js';
import type { Replay } from './replay/history.js';

/** The driver or trip selected on the map, in the list or by a command. */
export type Selection = { kind: 'driver' | 'trip'; id: string };

/** Live state of the board. It lives outside React because a component that mounts twice must not connect twice. */
export type BoardSession = {
  userId: string;
  client: DispatchClient;
  api: Api;
  $connection: ReadableAtom<ConnectionState['state']>;
  /** positions do not arrive on time */
  $isDegraded: ReadableAtom<boolean>;
  /** open trips by id; a new map on each change */
  $trips: ReadableAtom<ReadonlyMap<string, Trip>>;
  $selection: WritableAtom<Selection | null>;
  /** track of the selected driver over the last hour; a new object each time it is read */
  $track: ReadableAtom<Track | null>;
  /** the action that waits for confirmation */
  $pendingAction: WritableAtom<PendingAction | null>;
  /** the replay on the map; null while the map is live */
  $replay: WritableAtom<Replay | null>;
  /** the area the map shows; empty before the map is ready */
  $inView: WritableAtom<Bbox>;
  fleet: FleetStore;
  activity: ActivityFeed;
  alerts: AlertStore;
  $numbers: ReadableAtom<Numbers>;
  /** samples of the numbers and trips over the last ten minutes */
  $history: ReadableAtom<readonly Sample[]>;
  $showsCharts: WritableAtom<boolean>;
  /** measure that the cells are coloured by */
  $measure: WritableAtom<Measure>;
  /** layer that the map shows now */
  $drawn: WritableAtom<'cells' | 'vehicles'>;
  /** tallies of the cells on the map */
  $tallies: WritableAtom<ReadonlyMap<string, Tally>>;
  /** returns the selected driver, or the driver of the selected trip */
  selectedDriver: () => string | null;
  /** returns the selected trip, or the open trip of the selected driver */
  selectedTrip: () => Trip | null;
};

const ENDED = new Set(['completed', 'cancelled']);

export function openBoard({ userId, token }: Identity): BoardSession {
  const client = new DispatchClient({ token });
  const api = new Api({ token });
  const $connection = atom<ConnectionState['state']>('connecting');
  const $isDegraded = atom(false);
  client.on('service', ({ state }) => $isDegraded.set(state === 'degraded'));
  const $trips = atom<ReadonlyMap<string, Trip>>(new Map());
  const $selection = atom<Selection | null>(selectionFrom(location.search));
  const $track = atom<Track | null>(null);
  const $replay = atom<Replay | null>(null);
  const selectedTrip = () => {
    const selected = $selection.get();
    if (selected === null) return null;
    const open = $trips.get();
    if (selected.kind === 'trip') return open.get(selected.id) ?? null;
    return [...open.values()].find(({ driverId }) => driverId === selected.id) ?? null;
  };
  const selectedDriver = () => {
    const selected = $selection.get();
    return selected?.kind === 'driver' ? selected.id : (selectedTrip()?.driverId ?? null);
  };
  const fleet = new FleetStore(client, $trips);
  const activity = new ActivityFeed(client);
  const $numbers = atom(NO_NUMBERS);
  const $history = atom<readonly Sample[]>([]);
  const $nodesSeen = atom<ReadonlySet<string>>(new Set());
  const now = () => fleet.now();

  // Without a connection, and before the first list, the trips are unknown; that is not the same as none.
  let areTripsKnown = false;
  client.on('connection', (change) => {
    const { state } = change;
    if (state !== 'online') areTripsKnown = false;
    $connection.set(state);
  });
  client.on('trips', (open) => {
    areTripsKnown = true;
    $trips.set(new Map(open.map((trip) => [trip.id, trip])));
  });
  client.on('trip', (trip) => {
    const next = new Map($trips.get());
    if (ENDED.has(trip.state)) next.delete(trip.id);
    else next.set(trip.id, trip);
    $trips.set(next);
  });
  watchNumbers(api, $numbers);
  $numbers.listen((numbers) => {
    const open = areTripsKnown ? $trips.get().values() : null;
    $history.set(withSample($history.get(), sampleOf(numbers, open, now())));
    const names = numbers.nodes.map(({ node }) => node);
    if (names.some((name) => !$nodesSeen.get().has(name)))
      $nodesSeen.set(new Set([...$nodesSeen.get(), ...names]));
  });
  followSelected({ client, api, $selection, $trips, $track, $replay, selectedDriver });
  const connect = async () => {
    await client.connect();
    await client.watchTrips();
  };
  // A failure shows in `connection`.
  connect().catch(() => {});
  return {
    userId,
    client,
    api,
    $connection,
    $isDegraded,
    $trips,
    $selection,
    $track,
    $pendingAction: atom<PendingAction | null>(null),
    $replay,
    $inView: atom<Bbox>([0, 0, 0, 0]),
    fleet,
    activity,
    alerts: new AlertStore({
      api,
      $trips,
      $events: activity.$entries,
      $numbers,
      $nodesSeen,
      now,
    }),
    $numbers,
    $history,
    $showsCharts: atom(false),
    $measure: atom<Measure>('supply'),
    $drawn: atom<'cells' | 'vehicles'>('cells'),
    $tallies: atom<ReadonlyMap<string, Tally>>(new Map()),
    selectedDriver,
    selectedTrip,
  };
}

type Followed = Pick<
  BoardSession,
  'client' | 'api' | '$selection' | '$trips' | 'selectedDriver' | '$replay'
> & { $track: WritableAtom<Track | null> };

/** Watches the selected driver and loads its track. A new selection ends the replay. */
function followSelected({
  client,
  api,
  $selection,
  $trips,
  $track,
  $replay,
  selectedDriver,
}: Followed): void {
  let followed: string | null = null;
  const loadTrack = (driverId: string) =>
    api.track(driverId).then(
      (track) => followed === driverId && $track.set(track),
      // A driver without a track has none to draw.
      () => {},
    );
  const follow = () => {
    const driverId = selectedDriver();
    if (driverId === followed) return;
    if (followed !== null) client.unwatchDriver(followed).catch(() => {});
    followed = driverId;
    $track.set(null);
    $replay.set(null);
    if (driverId === null) return;
    // Without a connection, the client watches the driver once it is connected.
    client.watchDriver(driverId).catch(() => {});
    void loadTrack(driverId);
  };
  $replay.listen((replay) => {
    // The driver moved on during the replay.
    if (replay === null && followed !== null) void loadTrack(followed);
  });
  for (const store of [$selection, $trips]) store.listen(follow);
  follow();
}

/** Returns the selection that the address asks for: `?driver=…` or `?trip=…`. */
function selectionFrom(search: string): Selection | null {
  const query = new URLSearchParams(search);
  for (const kind of ['driver', 'trip'] as const) {
    const id = parameter(query, kind);
    if (id !== null) return { kind, id };
  }
  return null;
}
