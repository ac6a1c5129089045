import { TriangleAlert, X } from 'lucide-react';
import { useState } from 'react';
import { useNow, useStore } from '../../ui/hooks.js';
import type { BoardSession } from '../session.js';
import { type Alert, alertsOf } from './alerts.js';
import { alertWords, TEXTS } from './texts.js';

/** What wants somebody's attention now; dismissed, it is quiet until it comes again. */
export function Alerts({ session }: { session: BoardSession }) {
  const trips = useStore(session.trips);
  const news = useStore(session.news.entries);
  const { nodes } = useStore(session.numbers);
  const seen = useStore(session.nodesSeen);
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  useNow(2_000);
  const now = session.fleet.now();
  const known = nodes.length === 0 ? new Set<string>() : seen;
  const alerts = alertsOf({ trips: trips.values(), news, seen: known, nodes, now }).filter(
    ({ id }) => !dismissed.has(id),
  );
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
            <button type="button" className="alert-words" onClick={() => look(alert)}>
              {alertWords(alert)}
            </button>
            <button
              type="button"
              className="alert-close"
              aria-label={`${TEXTS.dismiss}: ${alertWords(alert)}`}
              onClick={() => setDismissed(new Set([...dismissed, alert.id]))}
            >
              <X size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
