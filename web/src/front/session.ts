import { manhattan } from '#city';
import { Api, HexfleetError } from '#sdk';
import { Fleet } from '../live/fleet.js';
import { FollowedTrip } from '../live/followed-trip.js';
import { NO_NUMBERS, type Numbers, watchNumbers } from '../live/nodes.js';
import { Store } from '../live/store.js';
import { demoToken } from '../live/tokens.js';

export type Session = {
  fleet: Fleet;
  followed: FollowedTrip;
  numbers: Store<Numbers>;
  /** set when the service gives no tokens to visitors */
  refused: Store<boolean>;
};

const RETRY_MS = 3_000;

/** Everything live on the front page. Outside of React: a component that mounts twice must not ask for two trips. */
export function openSession(): Session {
  const visitor = Math.random().toString(36).slice(2, 10);
  const dispatcher = demoToken('dispatcher', `front-page-${visitor}`);
  const api = new Api({ token: dispatcher });
  const session = {
    fleet: new Fleet(dispatcher),
    followed: new FollowedTrip(demoToken('rider', `visitor-${visitor}`)),
    numbers: new Store(NO_NUMBERS),
    refused: new Store(false),
  };
  const begin = async () => {
    try {
      await dispatcher();
    } catch (error) {
      if (error instanceof HexfleetError && error.code === 'NOT_FOUND') session.refused.set(true);
      else setTimeout(begin, RETRY_MS);
      return;
    }
    const { bounds, center, nodes } = manhattan();
    watchNumbers(api, session.numbers);
    await session.fleet.open([...bounds]);
    await session.followed.run({ center, corners: nodes });
  };
  void begin();
  return session;
}
