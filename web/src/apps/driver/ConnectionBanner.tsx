import { WifiOff } from 'lucide-react';
import type { ConnectionView } from '../../shared/live/connection-state.js';
import type { DriverState } from './state.js';
import { problemText, TEXTS } from './texts.js';

/** One slim line for what is wrong; nothing while all is well. */
export function ConnectionBanner({ state, line }: { state: DriverState; line: ConnectionView }) {
  const words = wordsOf(state, line);
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

function wordsOf({ problem, waiting, isOutboxVolatile }: DriverState, line: ConnectionView): string | null {
  if (line.connection === 'refused') return TEXTS.refused;
  if (!line.isUp) {
    const parts = [
      TEXTS.lineDown,
      waiting > 0 ? TEXTS.facts.waitingValue(waiting) : null,
      waiting > 0 && isOutboxVolatile ? TEXTS.volatile : null,
    ];
    return parts.filter((part) => part !== null).join(' · ');
  }
  if (problem !== null) return problemText(problem);
  return line.connection === 'connecting' ? TEXTS.connecting : null;
}
