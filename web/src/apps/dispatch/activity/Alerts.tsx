import { TriangleAlert, X } from 'lucide-react';
import { useStore } from '../../../shared/ui/hooks.js';
import type { BoardSession } from '../session.js';
import type { Alert } from './alerts.js';
import { alertWords, TEXTS } from './texts.js';

/** How many alerts there are, in the head; it leads to the first one. */
export function AlertCount({ session }: { session: BoardSession }) {
  const { length } = useStore(session.alertDesk.alerts);
  if (length === 0) return null;
  return (
    <button
      type="button"
      className="alert-count"
      onClick={() => document.querySelector<HTMLElement>('.alerts button')?.focus()}
    >
      <TriangleAlert size={16} aria-hidden />
      {TEXTS.alerts(length)}
    </button>
  );
}

/** What wants somebody's attention now; dismissed, it is quiet until it comes again. */
export function Alerts({ session }: { session: BoardSession }) {
  const alerts = useStore(session.alertDesk.alerts);
  const look = ({ tripId }: Alert) => {
    if (tripId !== null) session.selection.set({ kind: 'trip', id: tripId });
  };
  return (
    <section
      className="side-part alerts"
      data-alerts={alerts.length}
      aria-label={TEXTS.alerts(alerts.length)}
    >
      <ul aria-live="polite">
        {alerts.map((alert) => (
          <li key={alert.id} className="alert" data-kind={alert.kind}>
            <TriangleAlert size={16} aria-hidden />
            {alert.tripId === null ? (
              <p className="alert-words">{alertWords(alert)}</p>
            ) : (
              <button type="button" className="alert-words" onClick={() => look(alert)}>
                {alertWords(alert)}
              </button>
            )}
            <button
              type="button"
              className="alert-close"
              aria-label={`${TEXTS.dismiss}: ${alertWords(alert)}`}
              onClick={() => session.alertDesk.dismiss(alert.id)}
            >
              <X size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
