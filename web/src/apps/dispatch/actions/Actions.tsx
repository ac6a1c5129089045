import { useEffect, useState } from 'react';
import type { Trip } from '#sdk';
import { useStore } from '../../../shared/ui/hooks.js';
import type { BoardSession } from '../session.js';
import { type Act, actsFor } from './action.js';
import { Confirm } from './Confirm.js';
import { TEXTS } from './texts.js';

type Props = { session: BoardSession; driverId: string | null; trip: Trip | null };

const TOAST_MS = 6_000;

/** What a dispatcher may do with what is selected; each is confirmed, and written in the audit by the service. */
export function Actions({ session, driverId, trip }: Props) {
  const hand = useStore(session.hand);
  const [done, setDone] = useState<Act | null>(null);
  useEffect(() => {
    if (done === null) return;
    const timer = setTimeout(() => setDone(null), TOAST_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const acts = actsFor(driverId, trip);
  return (
    <>
      {acts.length > 0 && (
        <fieldset className="hands">
          <legend className="sr-only">{TEXTS.actions}</legend>
          {acts.map((act) => (
            <button
              key={act}
              type="button"
              className={`button ${act === 'cancel' || act === 'offline' ? 'button-danger' : ''}`}
              onClick={() => {
                setDone(null);
                session.hand.set({ act, driverId, trip });
              }}
            >
              {TEXTS[act]}
            </button>
          ))}
        </fieldset>
      )}
      {/* There before its words are, so that they are read out; a trip that is cancelled takes its buttons along. */}
      <p role="status">{done !== null && <span className="hands-done">{TEXTS.done[done]}</span>}</p>
      {hand !== null && (
        <Confirm
          session={session}
          hand={hand}
          onClose={(isDone) => {
            session.hand.set(null);
            if (isDone) setDone(hand.act);
          }}
        />
      )}
    </>
  );
}
