import { atom, type WritableAtom } from 'nanostores';
import { manhattan } from '#city';
import { distanceM } from '#geo';
import type { Position, Trip } from '#protocol';
import { Api, DriverApi, RiderClient } from '#sdk';
import { visitor } from '../../shared/live/demo.js';
import { NO_NUMBERS, type Numbers, watchNumbers } from '../../shared/live/nodes.js';
import { RETRY_MS } from '../../shared/live/retry.js';
import { isSignInMissing } from '../../shared/live/sign-in.js';
import { demoToken } from '../../shared/live/tokens.js';
import { Autoplay, NO_TRIP_YET, type Played } from './autoplay.js';

export type Side = 'rider' | 'driver' | 'dispatch';

export type Session = {
  addresses: Record<Side, string>;
  /** returns the query of the board's view of a trip */
  selects: (trip: Trip | null) => string | undefined;
  /** token source of each side, for its frame */
  tokens: Record<Side, () => Promise<string>>;
  $numbers: WritableAtom<Numbers>;
  $played: WritableAtom<Played>;
  /** whether autoplay is on */
  $plays: WritableAtom<boolean>;
  $connection: WritableAtom<'up' | 'lost'>;
  /** set when the service gives no tokens to visitors */
  $refused: WritableAtom<boolean>;
};

/** The driver starts within this distance of the city centre, m. */
const REACH_M = 1_500;

/** Connection and state of the showcase. Lives outside React, because a component that mounts twice must not request two trips. */
export function openSession(): Session {
  const driverId = visitor('driver');
  const tokens = {
    rider: demoToken('rider', visitor('rider')),
    driver: demoToken('driver', driverId),
    dispatch: demoToken('dispatcher', visitor('dispatcher')),
  };
  const home = somewhere();
  const session: Session = {
    addresses: {
      rider: `/rider?at=${home.lat},${home.lng}`,
      driver: `/driver?at=${home.lat},${home.lng}&online`,
      dispatch: '/dispatch',
    },
    // Its car from the first moment: the trip is requested where the showcase's driver is nearest.
    selects: (trip) =>
      trip === null
        ? undefined
        : String(new URLSearchParams({ driver: trip.driverId ?? driverId, trip: trip.id })),
    tokens,
    $numbers: atom(NO_NUMBERS),
    $played: atom(NO_TRIP_YET),
    $plays: atom(true),
    $connection: atom<'up' | 'lost'>('up'),
    $refused: atom(false),
  };
  const rider = new RiderClient({ token: tokens.rider });
  rider.on('connection', ({ state }) => session.$connection.set(state === 'offline' ? 'lost' : 'up'));
  const dispatch = new Api({ token: tokens.dispatch });
  const begin = async () => {
    try {
      await tokens.dispatch();
    } catch (error) {
      if (isSignInMissing(error)) session.$refused.set(true);
      else setTimeout(begin, RETRY_MS);
      return;
    }
    watchNumbers(dispatch, session.$numbers);
    await rider.connect();
    // A trip of this visitor that is still open, after a reload.
    await rider.openTrip().catch(() => null);
    const player = new Autoplay({
      driverId,
      home,
      rider,
      driver: new DriverApi({ token: tokens.driver }),
      dispatch,
      $played: session.$played,
      $plays: session.$plays,
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
