import { nameOf } from '../../shared/live/city-places.js';
import { duration } from '../../shared/ui/format.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';
import { askedOf } from './steps.js';
import { TEXTS } from './trip-texts.js';

/** Time without a driver to ask after which the page says so, ms. */
const SOON_MS = 8_000;

type Props = { session: RiderSession; state: RiderState; now: number };

/** @param props.now epoch ms by the service's clock */
export default function Searching({ session, state, now }: Props) {
  const { trip, isBusy, isSearchingAgain, pickup, dropoff } = state;
  // Nobody to ask for this long: few cars are near, or all are busy.
  const isWaiting = trip !== null && askedOf(trip) === 0 && now - trip.createdAt > SOON_MS;
  return (
    <>
      <div className="sheet-head">
        <h1>
          <span role="status">{trip === null ? TEXTS.sending : TEXTS.searching}</span>
        </h1>
      </div>
      {isSearchingAgain && <p className="searching-again">{TEXTS.searchingAgain}</p>}
      <div className="searching-bar" aria-hidden />
      <p className="searching-facts">
        <span>
          {trip === null ? '' : trip.state === 'offered' ? TEXTS.waitingForAnswer : TEXTS.choosingDriver}
        </span>
        {trip !== null && (
          <span className="searching-count">
            {`${TEXTS.asked(askedOf(trip))} · ${duration(now - trip.createdAt)}`}
          </span>
        )}
      </p>
      {isWaiting && (
        <p className="sheet-hint" role="status">
          {TEXTS.noneFree}
        </p>
      )}
      <p className="journey">
        <span data-kind="pickup">{nameOf(pickup)}</span>
        {dropoff !== null && <span data-kind="dropoff">{nameOf(dropoff)}</span>}
      </p>
      <button
        type="button"
        className="button button-wide"
        disabled={isBusy && trip !== null}
        onClick={() => void session.cancel()}
      >
        {TEXTS.cancelRequest}
      </button>
    </>
  );
}
