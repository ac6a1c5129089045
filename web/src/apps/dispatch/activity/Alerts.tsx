import { useStore } from '@nanostores/react';
import { Hand, TriangleAlert, Undo2, X } from 'lucide-react';
import { useEffect } from 'react';
import { flushSync } from 'react-dom';
import { age } from '../../../shared/ui/format.js';
import { useNow } from '../../../shared/ui/hooks.js';
import type { BoardSession } from '../session.js';
import { type Alert, type AlertGroup, groupsOf } from './alerts.js';
import { alertText, groupText, TEXTS } from './texts.js';

const UNDO_MS = 10_000;

/** Number of alerts now, in the header. A click moves the focus to the first one, and ends a replay. */
export function AlertCount({ session }: { session: BoardSession }) {
  const { length } = useStore(session.alerts.$current);
  const number = length + useStore(session.alerts.$more);
  const isReplay = useStore(session.$replay) !== null;
  if (number === 0) return null;
  return (
    <button
      type="button"
      className="alert-count"
      onClick={() => {
        // Narrow screens show it on a tab of its own, which must be drawn before.
        flushSync(() => {
          session.$replay.set(null);
          session.$tab.set('activity');
        });
        document.querySelector<HTMLElement>('.alerts :is(button, summary)')?.focus();
      }}
    >
      <TriangleAlert size={16} aria-hidden />
      <span>{isReplay ? TEXTS.alertsNow(number) : TEXTS.alerts(number)}</span>
    </button>
  );
}

/** Alerts of the whole fleet: those that need attention, then those that a dispatcher dismissed. */
export function Alerts({ session }: { session: BoardSession }) {
  const alerts = useStore(session.alerts.$current);
  const dismissed = useStore(session.alerts.$dismissed);
  const more = useStore(session.alerts.$more);
  const hasFailed = useStore(session.alerts.$hasFailed);
  useNow(5_000);
  return (
    <section
      className="side-part alerts"
      data-alerts={alerts.length}
      data-dismissed={dismissed.length}
      aria-label={TEXTS.alerts(alerts.length + more)}
    >
      {hasFailed && (
        <p className="side-note" role="alert">
          {TEXTS.markFailed}
        </p>
      )}
      <ul aria-live="polite">
        {groupsOf(alerts).map((group) =>
          group.isMany ? (
            <Group key={group.kind} session={session} group={group} />
          ) : (
            group.alerts.map((alert) => <AlertRow key={alert.id} session={session} alert={alert} />)
          ),
        )}
      </ul>
      {more > 0 && <p className="side-note">{TEXTS.more(more)}</p>}
      <UndoDismissal session={session} />
      {dismissed.length > 0 && (
        <details className="alerts-dismissed">
          <summary>{TEXTS.dismissed(dismissed.length)}</summary>
          <ul>
            {dismissed.map((alert) => (
              <DismissedRow key={alert.id} session={session} alert={alert} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** Message after a dismissal, with which it can be taken back for a while. */
function UndoDismissal({ session }: { session: BoardSession }) {
  const { $undoable } = session.alerts;
  const alerts = useStore($undoable);
  useEffect(() => {
    const timer = setTimeout(() => $undoable.set([]), UNDO_MS);
    return () => clearTimeout(timer);
  }, [$undoable, alerts]);
  return (
    <div role="status">
      {alerts.length > 0 && (
        <p className="actions-done">
          <span>{TEXTS.justDismissed(alerts.length)}</span>{' '}
          <button type="button" onClick={() => void session.alerts.mark(alerts, 'open')}>
            {TEXTS.undo}
          </button>
        </p>
      )}
    </div>
  );
}

type RowProps = { session: BoardSession; alert: Alert };

/** Alerts of one kind, which mostly have one cause. */
function Group({ session, group }: { session: BoardSession; group: AlertGroup }) {
  const text = groupText(group);
  return (
    <li className="alert-group" data-kind={group.kind}>
      <details>
        <summary className="alert">
          <TriangleAlert size={16} aria-hidden />
          <span className="alert-text">{text}</span>
        </summary>
        <button
          type="button"
          className="button dismiss-all"
          onClick={() => void session.alerts.mark(group.alerts, 'dismissed')}
        >
          {TEXTS.dismissAll(group.alerts.length)}
        </button>
        <ul>
          {group.alerts.map((alert) => (
            <AlertRow key={alert.id} session={session} alert={alert} />
          ))}
        </ul>
      </details>
    </li>
  );
}

function AlertRow({ session, alert }: RowProps) {
  const text = alertText(alert);
  const isMine = alert.mark?.as === 'taken' && alert.mark.by === session.userId;
  const note = age(session.fleet.now() - alert.at);
  return (
    <li className="alert" data-kind={alert.kind} data-taken={alert.mark !== null}>
      <TriangleAlert size={16} aria-hidden />
      <AlertText
        session={session}
        alert={alert}
        note={alert.mark === null ? note : TEXTS.takenBy(alert.mark.by, note)}
      />
      {alert.kind !== 'node_gone' && (
        <button
          type="button"
          className="alert-close"
          aria-label={TEXTS.about(TEXTS.take, text)}
          aria-pressed={isMine}
          title={TEXTS.take}
          onClick={() => void session.alerts.mark([alert], isMine ? 'open' : 'taken')}
        >
          <Hand size={16} aria-hidden />
        </button>
      )}
      <button
        type="button"
        className="alert-close"
        aria-label={TEXTS.about(TEXTS.dismiss, text)}
        title={TEXTS.dismiss}
        onClick={() => void session.alerts.mark([alert], 'dismissed')}
      >
        <X size={16} aria-hidden />
      </button>
    </li>
  );
}

function DismissedRow({ session, alert }: RowProps) {
  const { by = '', at = 0 } = alert.mark ?? {};
  return (
    <li className="alert-past">
      <AlertText
        session={session}
        alert={alert}
        note={TEXTS.dismissedBy(by, age(session.fleet.now() - at))}
      />
      <button
        type="button"
        className="alert-close"
        aria-label={TEXTS.about(TEXTS.reopen, alertText(alert))}
        title={TEXTS.reopen}
        onClick={() => void session.alerts.mark([alert], 'open')}
      >
        <Undo2 size={16} aria-hidden />
      </button>
    </li>
  );
}

/** The text of an alert, which selects what it is about. */
function AlertText({ session, alert, note }: RowProps & { note: string }) {
  const { tripId, driverId } = alert;
  const content = (
    <>
      <span>{alertText(alert)}</span>
      <small>{note}</small>
    </>
  );
  if (tripId === null && driverId === null) return <p className="alert-text">{content}</p>;
  return (
    <button
      type="button"
      className="alert-text"
      onClick={() => {
        if (tripId !== null) session.$selection.set({ kind: 'trip', id: tripId });
        else if (driverId !== null) session.$selection.set({ kind: 'driver', id: driverId });
      }}
    >
      {content}
    </button>
  );
}
