import { WifiOff } from 'lucide-react';
import type { ConnectionView } from '../../shared/live/connection-state.js';
import { age } from '../../shared/ui/format.js';
import { isOld, positionAgeMs } from './figures.js';
import type { RiderState } from './state.js';
import { problemText, TEXTS } from './texts.js';

/** One slim line for what is wrong; nothing while all is well. */
export function ConnectionBanner({
  state,
  line,
  now,
}: {
  state: RiderState;
  line: ConnectionView;
  now: number;
}) {
  const words = wordsOf(state, line, now);
  return (
    <div className="phone-line" role="status" data-shown={words !== null}>
      {words !== null && (
        <>
          {!line.isUp && <WifiOff size={15} aria-hidden />}
          <span>{words}</span>
          {line.connection === 'refused' && (
            <button type="button" onClick={() => location.reload()}>
              {TEXTS.reload}
            </button>
          )}
        </>
      )}
    </div>
  );
}

function wordsOf(state: RiderState, line: ConnectionView, now: number): string | null {
  if (line.connection === 'refused') return TEXTS.refused;
  if (!line.isUp) {
    const parts = [TEXTS.lineDown, line.heardAt !== null && TEXTS.seen(seconds(now - line.heardAt))];
    return parts.filter((part) => part !== false).join(' · ');
  }
  if (state.problem !== null) return problemText(state.problem);
  if (isOld(state, line, now)) return TEXTS.silent(seconds(positionAgeMs(state, line, now) ?? 0));
  if (line.connection === 'connecting') return TEXTS.connecting;
  return null;
}

/** Whole ones: tenths would only flicker. */
const seconds = (ms: number): string => age(ms).replace(/\.\d/, '');
