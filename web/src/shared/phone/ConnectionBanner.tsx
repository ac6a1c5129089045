import type { ConnectionView } from '../live/connection-state.js';
import { NoSignal } from '../ui/icons.js';
import { TEXTS } from './texts.js';

export type Banner = {
  connection: ConnectionView;
  /** error code of the last failure */
  problem: string | null;
  problemText: (code: string) => string;
  /** shown after the text for a lost connection */
  offlineDetails: ReadonlyArray<string | null>;
  /** shown while nothing else is wrong */
  warning?: string | null;
};

/** One line that says what is wrong. Hidden while all is well. */
export function ConnectionBanner(banner: Banner) {
  const text = textOf(banner);
  const { isUp, connection } = banner.connection;
  return (
    <div className="connection-banner" role="status" data-shown={text !== null}>
      {text !== null && (
        <>
          {!isUp && <NoSignal />}
          <span>{text}</span>
          {connection === 'refused' && (
            <button type="button" onClick={() => location.reload()}>
              {TEXTS.reload}
            </button>
          )}
        </>
      )}
    </div>
  );
}

function textOf(banner: Banner): string | null {
  const { connection, problem, problemText, offlineDetails, warning = null } = banner;
  if (connection.connection === 'refused') return TEXTS.refused;
  if (!connection.isUp) return [TEXTS.offline, ...offlineDetails].filter((part) => part !== null).join(' · ');
  if (problem !== null) return problemText(problem);
  return warning ?? (connection.connection === 'connecting' ? TEXTS.connecting : null);
}
