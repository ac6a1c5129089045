import { Suspense } from 'react';
import { lazyWithRetry } from '../../shared/ui/lazy-with-retry.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';
import { STEPS, TEXTS } from './texts.js';

const Summary = lazyWithRetry(() => import('./Summary.js'));

/** The trip is over, or there was none: why, and what comes next. */
export default function Ended({ session, state }: { session: RiderSession; state: RiderState }) {
  const { step } = state;
  const { words, hint } = STEPS[step];
  return (
    <>
      <div className="sheet-head">
        <h1 role="status">{words}</h1>
      </div>
      <p className="sheet-hint">{hint}</p>
      {step === 'done' ? (
        <>
          <Suspense>
            <Summary state={state} />
          </Suspense>
          <button
            type="button"
            className="button button-primary button-wide"
            onClick={() => session.beginAnew()}
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
          <button type="button" className="button button-wide" onClick={() => session.beginAnew()}>
            {TEXTS.change}
          </button>
        </div>
      )}
    </>
  );
}
