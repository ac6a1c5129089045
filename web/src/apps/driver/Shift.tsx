import { Power } from 'lucide-react';
import { useStore } from '../../shared/ui/hooks.js';
import type { DriverSession } from './session.js';
import type { DriverState, Source } from './state.js';
import { TEXTS } from './texts.js';

const SOURCES: Source[] = ['demo', 'device'];

/** On and off line, and what the service does with the positions meanwhile. */
export function Shift({ session, state }: { session: DriverSession; state: DriverState }) {
  const { isOnline, isLooking, source } = state;
  const words = isLooking ? TEXTS.looking : TEXTS.online;
  const hint = isLooking ? TEXTS.lookingHint : TEXTS.onlineHint;
  return (
    <>
      <div className="sheet-head">
        <h1 role="status">{isOnline ? words : TEXTS.offline}</h1>
        <span className="shift-light" data-on={isOnline && !isLooking} aria-hidden />
      </div>
      <p className="sheet-hint">{isOnline ? hint : TEXTS.offlineHint}</p>
      {isOnline ? (
        <>
          <Facts session={session} state={state} />
          <button type="button" className="button button-wide" onClick={() => session.goOffline()}>
            <Power size={18} aria-hidden />
            {TEXTS.goOffline}
          </button>
        </>
      ) : (
        <>
          <fieldset className="segments">
            <legend className="sr-only">{TEXTS.source}</legend>
            {SOURCES.map((name) => (
              <label key={name}>
                <input
                  type="radio"
                  name="source"
                  checked={name === source}
                  onChange={() => session.choose(name)}
                />
                <span>{TEXTS.sources[name]}</span>
              </label>
            ))}
          </fieldset>
          <button type="button" className="button button-go button-wide" onClick={() => session.goOnline()}>
            <Power size={18} aria-hidden />
            {TEXTS.goOnline}
          </button>
        </>
      )}
    </>
  );
}

const T = TEXTS.facts;

export function Facts({ session, state }: { session: DriverSession; state: DriverState }) {
  const awake = useStore(session.fixes.awake.state);
  const { sampling, waiting } = state;
  const seconds = sampling === null ? null : (sampling.intervalMs / 1_000).toLocaleString('en');
  return (
    <dl className="shift-facts">
      <div>
        <dt>{T.sampling}</dt>
        <dd title={T.samplingHint}>{seconds === null ? '–' : T.samplingValue(seconds)}</dd>
      </div>
      <div data-warn={waiting > 1}>
        <dt>{T.waiting}</dt>
        <dd>{waiting > 1 ? T.waitingValue(waiting) : T.noneWaiting}</dd>
      </div>
      <div>
        <dt>{T.screen}</dt>
        <dd>{awake === 'on' ? T.screenOn : T.screenOff}</dd>
      </div>
    </dl>
  );
}
