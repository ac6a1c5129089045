import { useStore } from '@nanostores/react';
import { TriangleAlert, X } from 'lucide-react';
import type { BoardSession } from '../session.js';
import type { Alert } from './alerts.js';
import { alertText, TEXTS } from './texts.js';

/** Number of alerts, in the header. A click moves the focus to the first one. */
export function AlertCount({ session }: { session: BoardSession }) {
  const { length } = useStore(session.alerts.$current);
  if (length === 0) return null;
  return (
    <button
      type="button"
      className="alert-count"
      onClick={() => document.querySelector<HTMLElement>('.alerts button')?.focus()}
    >
      <TriangleAlert size={16} aria-hidden />
      <span>{TEXTS.alerts(length)}</span>
    </button>
  );
}

/** List of current alerts. */
export function Alerts({ session }: { session: BoardSession }) {
  const alerts = useStore(session.alerts.$current);
  const select = ({ tripId, driverId }: Alert) => {
    if (tripId !== null) session.$selection.set({ kind: 'trip', id: tripId });
    else if (driverId !== null) session.$selection.set({ kind: 'driver', id: driverId });
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
            {alert.tripId === null && alert.driverId === null ? (
              <p className="alert-text">{alertText(alert)}</p>
            ) : (
              <button type="button" className="alert-text" onClick={() => select(alert)}>
                {alertText(alert)}
              </button>
            )}
            <button
              type="button"
              className="alert-close"
              aria-label={`${TEXTS.dismiss}: ${alertText(alert)}`}
              onClick={() => session.alerts.dismiss(alert.id)}
            >
              <X size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
