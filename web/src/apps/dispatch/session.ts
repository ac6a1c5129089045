import { atom, type ReadableAtom, type WritableAtom } from 'nanostores';
import { type Bbox, isOpen, type Position, type Track, type Trip } from '#protocol';
import { Api, type ConnectionState, DispatchClient } from '#sdk';
import { NO_NUMBERS, type Numbers, watchNumbers } from '../../shared/live/nodes.js';
import type { Identity } from '../../shared/live/sign-in.js';
import type { PendingAction } from './actions/action.js';
import { DelayedActions } from './actions/delayed-actions.js';
import { ActivityFeed } from './activity/activity-feed.js';
import { AlertStore } from './activity/alert-store.js';
import { FleetStore } from './fleet-store.js';
import { type Sample, sampleOf, withSample } from './kpi-bar/history.js';
import type { Measure, Tally } from './map/density.js';
import type { Replay } from './replay/history.js';
import { tripsAt } from './replay/past.js';
import type { Selection } from './selection.js';
import { type View, viewOf } from './view/view-url.js';

export type { Selection };

/** Part of the board that a narrow screen shows. */
export type Tab = 'map' | 'vehicles' | 'zones' | 'trips' | 'activity';

/** List in the left column. */
export type Panel = 'vehicles' | 'zones';

/** Live state of the board. It lives outside React because a component that mounts twice must not connect twice. */
export type BoardSession = {
  userId: string;
  role: 'dispatcher';
  deviceId: string;
  client: DispatchClient;
  api: Api;
  $connection: ReadableAtom<ConnectionState['state']>;
  /** positions do not arrive on time */
  $isDegraded: ReadableAtom<boolean>;
  /** open trips by id; a new map on each change */
  $trips: ReadableAtom<ReadonlyMap<string, Trip>>;
  $selection: WritableAtom<Selection | null>;
  /** the selected trip, if it is not among the open ones: it has ended, or there are too many */
  $loadedTrip: ReadableAtom<Trip | null>;
  /** last place of the selected driver, if the driver is offline */
  $lastPlace: ReadableAtom<Position | null>;
  /** track of the selected driver over the last hour; a new object each time it is read */
  $track: ReadableAtom<Track | null>;
  /** the action that waits for confirmation */
  $pendingAction: WritableAtom<PendingAction | null>;
  /** actions that were confirmed, and are sent unless they are taken back */
  delayed: DelayedActions;
  /** drivers that were picked from the list for a common action */
  $picked: WritableAtom<ReadonlySet<string>>;
  /** whether the list of keys is shown */
  $showsKeys: WritableAtom<boolean>;
  /** whether the dialog for an alert to the area in view is open */
  $composesAlert: WritableAtom<boolean>;
  /** the replay on the map; null while the map is live */
  $replay: WritableAtom<Replay | null>;
  /** where the map is, once it has come to rest */
  $camera: WritableAtom<{ lat: number; lng: number; zoom: number } | null>;
  /** where the map is to go */
  $goTo: WritableAtom<{ lat: number; lng: number; zoom: number } | null>;
  /** the view that the address named when the page was opened */
  opened: View;
  /** the area the map shows; empty before the map is ready */
  $inView: WritableAtom<Bbox>;
  fleet: FleetStore;
  activity: ActivityFeed;
  alerts: AlertStore;
  $numbers: ReadableAtom<Numbers>;
  /** samples of the numbers and trips over the last ten minutes */
  $history: ReadableAtom<readonly Sample[]>;
  $showsCharts: WritableAtom<boolean>;
  $tab: WritableAtom<Tab>;
  $panel: WritableAtom<Panel>;
  /** whether the side column shows a zone, or something else about zones */
  $showsZone: WritableAtom<boolean>;
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
  /** the same at the time that the board shows: now, or the moment of the replay */
  shownTrip: () => Trip | null;
};

const ENDED = new Set(['completed', 'cancelled']);

export function openBoard({ userId, token }: Identity, deviceId: string): BoardSession {
  const client = new DispatchClient({ token, deviceId });
  const api = new Api({ token });
  const $connection = atom<ConnectionState['state']>('connecting');
  const $isDegraded = atom(false);
  client.on('service', ({ state }) => $isDegraded.set(state === 'degraded'));
  const $trips = atom<ReadonlyMap<string, Trip>>(new Map());
  const opened = viewOf(location.search);
  const $selection = atom<Selection | null>(opened.selection);
  const $track = atom<Track | null>(null);
  const $replay = atom<Replay | null>(null);
  const $loadedTrip = atom<Trip | null>(null);
  const $lastPlace = atom<Position | null>(null);
  const loadedTrip = (id: string) => {
    const trip = $loadedTrip.get();
    return trip?.id === id ? trip : null;
  };
  const selectedTrip = () => {
    const selected = $selection.get();
    if (selected === null) return null;
    const open = $trips.get();
    if (selected.kind === 'trip') return open.get(selected.id) ?? loadedTrip(selected.id);
    return [...open.values()].find(({ driverId }) => driverId === selected.id) ?? null;
  };
  const selectedDriver = () => {
    const selected = $selection.get();
    if (selected?.kind === 'driver') return selected.id;
    const trip = selectedTrip();
    return trip !== null && isOpen(trip.state) ? trip.driverId : null;
  };
  const shownTrip = () => {
    const replay = $replay.get();
    if (replay === null) return selectedTrip();
    const selected = $selection.get();
    const trips = tripsAt(replay);
    const key = selected?.kind === 'trip' ? 'id' : 'driverId';
    return trips.find((trip) => selected !== null && trip[key] === selected.id) ?? null;
  };
  const fleet = new FleetStore(client, $trips, $replay);
  const activity = new ActivityFeed(client, api);
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
  followSelected({ client, api, $selection, $trips, $track, $replay, $lastPlace, selectedDriver });
  loadSelectedTrip(api, $selection, $trips, $loadedTrip);
  const connect = async () => {
    await client.connect();
    await Promise.all([client.watchTrips(), client.watchAlerts()]);
  };
  // A failure shows in `connection`.
  connect().catch(() => {});
  return {
    userId,
    role: 'dispatcher',
    deviceId,
    client,
    api,
    $connection,
    $isDegraded,
    $trips,
    $selection,
    $loadedTrip,
    $lastPlace,
    $track,
    $pendingAction: atom<PendingAction | null>(null),
    delayed: new DelayedActions(),
    $picked: atom<ReadonlySet<string>>(new Set()),
    $showsKeys: atom(false),
    $composesAlert: atom(false),
    $replay,
    $camera: atom(opened.camera),
    $goTo: atom<{ lat: number; lng: number; zoom: number } | null>(null),
    opened,
    $inView: atom<Bbox>([0, 0, 0, 0]),
    fleet,
    activity,
    alerts: new AlertStore({ client, $numbers, $nodesSeen, now }),
    $numbers,
    $history,
    $showsCharts: atom(false),
    $tab: atom<Tab>('map'),
    $panel: atom<Panel>('vehicles'),
    $showsZone: atom(false),
    $measure: atom<Measure>('supply'),
    $drawn: atom<'cells' | 'vehicles'>('cells'),
    $tallies: atom<ReadonlyMap<string, Tally>>(new Map()),
    selectedDriver,
    selectedTrip,
    shownTrip,
  };
}

type Followed = Pick<
  BoardSession,
  'client' | 'api' | '$selection' | '$trips' | 'selectedDriver' | '$replay'
> & { $track: WritableAtom<Track | null>; $lastPlace: WritableAtom<Position | null> };

/** Watches the selected driver and loads its track. A new selection ends the replay of another driver. */
function followSelected({
  client,
  api,
  $selection,
  $trips,
  $track,
  $replay,
  $lastPlace,
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
    $lastPlace.set(null);
    // The replay of an area goes on: its vehicles are there to be selected.
    if ($replay.get()?.subject.kind === 'driver') $replay.set(null);
    if (driverId === null) return;
    const showLastPlace = async () => {
      if ((await client.watchDriver(driverId)) !== null) return;
      const { position } = await api.driver(driverId);
      if (followed === driverId) $lastPlace.set(position);
    };
    // Without a connection, the client watches the driver once it is connected.
    showLastPlace().catch(() => {});
    void loadTrack(driverId);
  };
  $replay.listen((replay) => {
    // The driver moved on during the replay.
    if (replay === null && followed !== null) void loadTrack(followed);
  });
  for (const store of [$selection, $trips]) store.listen(follow);
  follow();
}

/** Loads the selected trip if it is not among the open ones. */
function loadSelectedTrip(
  api: Api,
  $selection: ReadableAtom<Selection | null>,
  $trips: ReadableAtom<ReadonlyMap<string, Trip>>,
  $loadedTrip: WritableAtom<Trip | null>,
): void {
  let shown: string | null = null;
  const load = () => {
    const selected = $selection.get();
    const id = selected?.kind === 'trip' && !$trips.get().has(selected.id) ? selected.id : null;
    if (id === shown) return;
    shown = id;
    $loadedTrip.set(null);
    // A trip that cannot be read is not shown.
    if (id !== null)
      api.trip(id).then(
        (trip) => shown === id && $loadedTrip.set(trip),
        () => {},
      );
  };
  for (const store of [$selection, $trips]) store.listen(load);
  load();
}
