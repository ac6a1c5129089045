import { manhattan } from '#city';
import { distanceM } from '#geo';
import type { Position } from '#protocol';
import { Api, RiderClient } from '#sdk';
import { whyNoToken } from '../../shared/live/no-token.js';
import { NO_NUMBERS, type Numbers, watchNumbers } from '../../shared/live/nodes.js';
import { Store } from '../../shared/live/store.js';
import { demoToken } from '../../shared/live/tokens.js';
import { Autoplay, NO_TRIP_YET, type Played } from './autoplay.js';

export type Side = 'rider' | 'driver' | 'dispatch';

export type Session = {
  /** address of each app */
  addresses: Record<Side, string>;
  numbers: Store<Numbers>;
  played: Store<Played>;
  /** whether autoplay is on */
  plays: Store<boolean>;
  connection: Store<'up' | 'lost'>;
  /** text that explains why the page gets no token; null while it does */
  refused: Store<string | null>;
};

const RETRY_MS = 3_000;
/** The driver starts within this distance of the city centre, m. */
const REACH_M = 1_500;

/** Connection and state of the showcase. Lives outside React, because a component that mounts twice must not request two trips. */
export function openSession(): Session {
  const visitor = Math.random().toString(36).slice(2, 8);
  const [riderId, driverId, dispatcherId] = [`rider-${visitor}`, `driver-${visitor}`, `dispatch-${visitor}`];
  const tokens = {
    rider: demoToken('rider', riderId),
    driver: demoToken('driver', driverId),
    dispatch: demoToken('dispatcher', dispatcherId),
  };
  const home = somewhere();
  const session: Session = {
    addresses: {
      rider: `/rider?as=${riderId}&at=${home.lat},${home.lng}`,
      driver: `/driver?as=${driverId}&at=${home.lat},${home.lng}&online`,
      dispatch: `/dispatch?as=${dispatcherId}`,
    },
    numbers: new Store(NO_NUMBERS),
    played: new Store(NO_TRIP_YET),
    plays: new Store(true),
    connection: new Store<'up' | 'lost'>('up'),
    refused: new Store<string | null>(null),
  };
  const rider = new RiderClient({ token: tokens.rider });
  rider.on('connection', ({ state }) => session.connection.set(state === 'offline' ? 'lost' : 'up'));
  const dispatch = new Api({ token: tokens.dispatch });
  const begin = async () => {
    try {
      await tokens.dispatch();
    } catch (error) {
      const why = whyNoToken(error);
      if (why !== null) session.refused.set(why);
      else setTimeout(begin, RETRY_MS);
      return;
    }
    watchNumbers(dispatch, session.numbers);
    await rider.connect();
    const player = new Autoplay({
      driverId,
      home,
      rider,
      driver: new Api({ token: tokens.driver }),
      dispatch,
      played: session.played,
      plays: session.plays,
    });
    await player.run();
  };
  void begin();
  return session;
}

/** Returns a random street corner near the city centre. */
function somewhere(): Position {
  const { center, nodes } = manhattan();
  const corners = nodes.filter((corner) => distanceM(corner, center) < REACH_M);
  const { lat, lng } = corners[Math.floor(Math.random() * corners.length)] ?? center;
  return { lat, lng };
}
