import type { FleetState } from '../live/fleet.js';
import type { FollowedTripState } from '../live/followed-trip.js';
import type { Store } from '../live/store.js';
import { age } from '../ui/format.js';
import { useNow, useStore } from '../ui/hooks.js';
import { Mark } from '../ui/icons.js';
import { TEXTS } from './texts.js';

type Props = { fleet: Store<FleetState>; followed: Store<FollowedTripState> };

export const Header = ({ fleet, followed }: Props) => (
  <header className="header">
    <div className="panel brand">
      <h1>
        <Mark />
        {TEXTS.name}
      </h1>
      <p className="claim">{TEXTS.claim}</p>
    </div>
    <Trouble fleet={fleet} followed={followed} />
  </header>
);

/** Says something only when something is wrong. */
function Trouble({ fleet, followed }: Props) {
  const now = useNow(500);
  const { connection, stale, heardAt } = useStore(fleet);
  const rider = useStore(followed).connection;
  const states = [connection, rider];
  const { lost, refused, silent } = TEXTS.connection;
  const what = states.includes('refused')
    ? refused
    : states.includes('offline')
      ? lost
      : stale
        ? silent
        : null;
  return (
    <p className="panel trouble" role="status" hidden={what === null}>
      {what !== null && (
        <>
          <span className="trouble-what">{what}</span>
          {/* The age changes twice a second; read out once is enough. */}
          {heardAt !== null && <span aria-hidden="true">{TEXTS.aged(age(now - heardAt))}</span>}
        </>
      )}
    </p>
  );
}
