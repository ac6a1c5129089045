import { Suspense } from 'react';
import { lazyWithRetry } from '../../shared/ui/lazy-with-retry.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';
import { STEPS, TEXTS } from './trip-texts.js';

const Rating = lazyWithRetry(() => import('./Rating.js'));
const TripFigures = lazyWithRetry(() => import('../../shared/phone/TripFigures.js'));

/** End of a trip or of a failed request: the reason, and the next step. */
export default function Ended({ session, state }: { session: RiderSession; state: RiderState }) {
  const { step } = state;
  const { title, hint } = STEPS[step];
  return (
    <>
      <div className="sheet-head">
        <h1>
          <span role="status">{title}</span>
        </h1>
      </div>
      <p className="sheet-hint">{hint}</p>
      {step === 'done' ? (
        <>
          <Suspense>
            <TripFigures summary={state.summary} party="rider" />
            {state.trip !== null && <Rating key={state.trip.id} session={session} trip={state.trip} />}
          </Suspense>
          <button
            type="button"
            className="button button-primary button-wide"
            onClick={() => session.startOver()}
          >
            {TEXTS.done}
          </button>
        </>
      ) : (
        <div className="next-steps">
          <button
            type="button"
            className="button button-primary button-wide"
            onClick={() => void session.request()}
          >
            {TEXTS.again}
          </button>
          <button type="button" className="button button-wide" onClick={() => session.startOver()}>
            {TEXTS.change}
          </button>
        </div>
      )}
    </>
  );
}
