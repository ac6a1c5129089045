import type { Bbox, Track, Trip } from '#protocol';
import { Api, type ConnectionState, DispatchClient } from '#sdk';
import { NO_NUMBERS, type Numbers, watchNumbers } from '../../shared/live/nodes.js';
import type { Identity } from '../../shared/live/sign-in.js';
import { Store } from '../../shared/live/store.js';
import type { Hand } from './actions/action.js';
import { NewsFeed } from './activity/activity.js';
import { AlertStore } from './activity/alert-store.js';
import { FleetView } from './fleet.js';
import { type Sample, sampleOf, withSample } from './kpi-bar/history.js';
import type { Measure, Tally } from './map/density.js';
import type { Replay } from './replay/history.js';

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
  /** of the selected vehicle, the last hour; new with each look */
  track: Store<Track | null>;
  /** what is to be confirmed now */
  hand: Store<Hand | null>;
  /** the past that is shown instead of now */
  replay: Store<Replay | null>;
  /** what the map shows; empty before there is one */
  inView: Store<Bbox>;
  fleet: FleetView;
  news: NewsFeed;
  alertDesk: AlertStore;
  numbers: Store<Numbers>;
  /** the last ten minutes of them, and of the trips */
  history: Store<readonly Sample[]>;
  /** whether the charts are open */
  charts: Store<boolean>;
  /** names of all nodes since the page was opened */
  nodesSeen: Store<ReadonlySet<string>>;
  /** what the colour of cells tells */
  measure: Store<Measure>;
  /** how the fleet is drawn now */
  drawn: Store<'cells' | 'vehicles'>;
  /** of the cells that are drawn */
  tallies: Store<ReadonlyMap<string, Tally>>;
  /** the selected driver, or the one of the selected trip */
  selectedDriver: () => string | null;
  /** the selected trip, or the open one of the selected driver */
  selectedTrip: () => Trip | null;
};

const OVER = new Set(['completed', 'cancelled']);

export function openBoard({ userId, token }: Identity): BoardSession {
  const client = new DispatchClient({ token });
  const api = new Api({ token });
  const connection = new Store<ConnectionState['state']>('connecting');
  const trips = new Store<ReadonlyMap<string, Trip>>(new Map());
  const selection = new Store<Selection | null>(selectedIn(location.search));
  const track = new Store<Track | null>(null);
  const selectedTrip = () => {
    const selected = selection.get();
    if (selected === null) return null;
    const open = trips.get();
    if (selected.kind === 'trip') return open.get(selected.id) ?? null;
    return [...open.values()].find(({ driverId }) => driverId === selected.id) ?? null;
  };
  const selectedDriver = () => {
    const selected = selection.get();
    return selected?.kind === 'driver' ? selected.id : (selectedTrip()?.driverId ?? null);
  };
  const fleet = new FleetView(client, trips);
  const news = new NewsFeed(client);
  const numbers = new Store(NO_NUMBERS);
  const history = new Store<readonly Sample[]>([]);
  const nodesSeen = new Store<ReadonlySet<string>>(new Set());
  const now = () => fleet.now();
  const session: BoardSession = {
    userId,
    client,
    api,
    connection,
    trips,
    selection,
    track,
    hand: new Store<Hand | null>(null),
    replay: new Store<Replay | null>(null),
    inView: new Store<Bbox>([0, 0, 0, 0]),
    fleet,
    news,
    alertDesk: new AlertStore({ api, trips, news: news.entries, numbers, nodesSeen, now }),
    numbers,
    history,
    charts: new Store(false),
    nodesSeen,
    measure: new Store<Measure>('supply'),
    drawn: new Store<'cells' | 'vehicles'>('cells'),
    tallies: new Store<ReadonlyMap<string, Tally>>(new Map()),
    selectedDriver,
    selectedTrip,
  };
  // Not before the first list, nor without a connection: no trips are not none.
  let isToldOfTrips = false;
  client.on('connection', ({ state }) => {
    if (state !== 'online') isToldOfTrips = false;
    connection.set(state);
  });
  client.on('trips', (open) => {
    isToldOfTrips = true;
    trips.set(new Map(open.map((trip) => [trip.id, trip])));
  });
  client.on('trip', (trip) => {
    const next = new Map(trips.get());
    if (OVER.has(trip.state)) next.delete(trip.id);
    else next.set(trip.id, trip);
    trips.set(next);
  });
  watchNumbers(api, numbers);
  numbers.subscribe(() => {
    const open = isToldOfTrips ? trips.get().values() : null;
    history.set(withSample(history.get(), sampleOf(numbers.get(), open, now())));
    const names = numbers.get().nodes.map(({ node }) => node);
    if (names.some((name) => !nodesSeen.get().has(name)))
      nodesSeen.set(new Set([...nodesSeen.get(), ...names]));
  });
  let followed: string | null = null;
  const follow = () => {
    const driverId = selectedDriver();
    if (driverId === followed) return;
    if (followed !== null) client.unwatchDriver(followed).catch(() => {});
    followed = driverId;
    track.set(null);
    session.replay.set(null);
    if (driverId === null) return;
    // Without a connection it is asked for when there is one.
    client.watchDriver(driverId).catch(() => {});
    void readTrack(driverId);
  };
  const readTrack = (driverId: string) =>
    api.track(driverId).then(
      (driven) => followed === driverId && track.set(driven),
      // A driver without a track has none to show.
      () => {},
    );
  session.replay.subscribe(() => {
    // It drove on meanwhile.
    if (session.replay.get() === null && followed !== null) void readTrack(followed);
  });
  for (const store of [selection, trips]) store.subscribe(follow);
  follow();
  const begin = async () => {
    await client.connect();
    await client.watchTrips();
  };
  // What fails here is told by `connection`.
  begin().catch(() => {});
  return session;
}

/** `?driver=…` or `?trip=…` opens the board with one selected. */
function selectedIn(search: string): Selection | null {
  const query = new URLSearchParams(search);
  for (const kind of ['driver', 'trip'] as const) {
    const id = query.get(kind);
    if (id !== null) return { kind, id };
  }
  return null;
}
