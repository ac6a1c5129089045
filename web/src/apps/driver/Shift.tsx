import { useStore } from '@nanostores/react';
import { Power } from 'lucide-react';
import type { DriverSession } from './session.js';
import type { DriverState, Source } from './state.js';
import { clockText, refusedFixesText, TEXTS } from './texts.js';

const SOURCES: Source[] = ['demo', 'device'];

/** Switches between online and offline, and shows how positions are sent. */
export function Shift({ session, state }: { session: DriverSession; state: DriverState }) {
  const { isOnline, isLoading, source, refusedFixes } = state;
  const { title, hint } = textsOf(state);
  return (
    <>
      <div className="sheet-head">
        <h1 role="status">{title}</h1>
        <span className="shift-light" data-on={isOnline && !isLoading && refusedFixes === null} aria-hidden />
      </div>
      <p className="sheet-hint">{hint}</p>
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

type Texts = { title: string; hint: string };

function textsOf({ isOnline, isElsewhere, isLoading, refusedFixes }: DriverState): Texts {
  if (isElsewhere) return { title: TEXTS.elsewhere, hint: TEXTS.elsewhereHint };
  if (!isOnline) return { title: TEXTS.offline, hint: TEXTS.offlineHint };
  if (isLoading) return { title: TEXTS.loading, hint: TEXTS.loadingHint };
  if (refusedFixes !== null) return { title: TEXTS.hidden, hint: refusedFixesText(refusedFixes) };
  return { title: TEXTS.online, hint: TEXTS.onlineHint };
}

const { facts } = TEXTS;

/** Update interval, outbox and wake lock, and the error of the device's clock. */
export function Facts({ session, state }: { session: DriverSession; state: DriverState }) {
  const wakeLock = useStore(session.fixes.wakeLock.$state);
  const { sampling, waiting, clockOffsetMs, refusedFixes } = state;
  const seconds = sampling === null ? null : (sampling.intervalMs / 1_000).toLocaleString('en');
  return (
    <>
      <dl className="shift-facts">
        <div>
          <dt>{facts.sampling}</dt>
          <dd title={facts.samplingHint}>{seconds === null ? '–' : facts.samplingValue(seconds)}</dd>
        </div>
        <div data-warn={waiting > 1}>
          <dt>{facts.outbox}</dt>
          <dd>{waiting > 1 ? facts.outboxWaiting(waiting) : facts.outboxEmpty}</dd>
        </div>
        <div>
          <dt>{facts.screen}</dt>
          <dd>{wakeLock === 'on' ? facts.screenOn : facts.screenOff}</dd>
        </div>
      </dl>
      {clockOffsetMs !== 0 && refusedFixes === null && (
        <p className="clock-hint" role="status">
          {TEXTS.clockOff(clockText(clockOffsetMs))}
        </p>
      )}
    </>
  );
}
