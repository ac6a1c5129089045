import { Power } from 'lucide-react';
import { Details } from './Details.js';
import type { DriverSession } from './session.js';
import type { DriverState, Source } from './state.js';
import { queueText, refusedFixesText, TEXTS } from './texts.js';

/** Offers missed in a row after which the page suggests a break. */
const MANY_MISSED = 3;
const SOURCES: Source[] = ['demo', 'device'];

/** Switches between online and offline, and shows how positions are sent. */
export function Shift({ session, state }: { session: DriverSession; state: DriverState }) {
  const { isOnline, isLoading, source, refusedFixes } = state;
  const { title, hint } = textsOf(state);
  return (
    <>
      <div className="sheet-head">
        <h1>
          <span role="status">{title}</span>
        </h1>
        <span className="shift-light" data-on={isOnline && !isLoading && refusedFixes === null} aria-hidden />
      </div>
      <p className="sheet-hint">{hint}</p>
      {isOnline ? (
        <>
          <Missed session={session} missed={state.missed} />
          <Details session={session} state={state} />
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

function textsOf({ isOnline, isElsewhere, isLoading, refusedFixes, queue }: DriverState): Texts {
  if (isElsewhere) return { title: TEXTS.elsewhere, hint: TEXTS.elsewhereHint };
  if (!isOnline) return { title: TEXTS.offline, hint: TEXTS.offlineHint };
  if (isLoading) return { title: TEXTS.loading, hint: TEXTS.loadingHint };
  if (refusedFixes !== null) return { title: TEXTS.hidden, hint: refusedFixesText(refusedFixes) };
  if (queue !== null) return { title: TEXTS.queue(queue.name), hint: queueText(queue) };
  return { title: TEXTS.online, hint: TEXTS.onlineHint };
}

/** Offers that expired without an answer; after several, a break helps driver and riders. */
function Missed({ session, missed }: { session: DriverSession; missed: number }) {
  if (missed === 0) return null;
  return (
    <div className="missed" role="status">
      <p>
        <strong>{missed < MANY_MISSED ? TEXTS.missed : TEXTS.missedMany(missed)}</strong>
        {missed >= MANY_MISSED && <span className="note-hint">{TEXTS.takeBreak}</span>}
      </p>
      <button type="button" className="button" onClick={() => session.dismissMissed()}>
        {TEXTS.dismiss}
      </button>
    </div>
  );
}
