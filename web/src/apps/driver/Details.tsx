import { useStore } from '@nanostores/react';
import { decimal } from '../../shared/ui/format.js';
import type { DriverSession } from './session.js';
import type { DriverState } from './state.js';
import { clockText, TEXTS } from './texts.js';

const { facts } = TEXTS;

/** Technical details, behind a tap while nothing is wrong. */
export function Details({ session, state }: { session: DriverSession; state: DriverState }) {
  const { waiting, clockOffsetMs, refusedFixes } = state;
  const isWrong = waiting > 1 || (clockOffsetMs !== 0 && refusedFixes === null);
  return (
    <details className="connection-details" open={isWrong}>
      <summary>{TEXTS.details}</summary>
      <Facts session={session} state={state} />
    </details>
  );
}

/** Update interval, outbox and wake lock, and the error of the device's clock. */
function Facts({ session, state }: { session: DriverSession; state: DriverState }) {
  const wakeLock = useStore(session.fixes.wakeLock.$state);
  const { sampling, waiting, clockOffsetMs, refusedFixes } = state;
  const seconds = sampling === null ? null : decimal(sampling.intervalMs / 1_000);
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
      <label className="sound-switch">
        <input
          type="checkbox"
          defaultChecked={!session.alarm.isMuted}
          onChange={({ target }) => session.alarm.setMuted(!target.checked)}
        />
        <span>{TEXTS.sound}</span>
      </label>
      {clockOffsetMs !== 0 && refusedFixes === null && (
        <p className="clock-hint" role="status">
          {clockText(clockOffsetMs)}
        </p>
      )}
    </>
  );
}
