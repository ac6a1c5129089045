import { useState } from 'react';
import { HOUR_MS } from '#protocol';
import type { Audience } from '#sdk';
import type { BoardSession } from '../session.js';
import { ActionDialog, TextField } from './ActionDialog.js';
import { TEXTS } from './texts.js';

const AUDIENCES: Audience[] = ['riders', 'drivers', 'dispatchers'];
const HOURS = [1, 4, 12, 24] as const;
/** An alert for a whole day would be refused if the request took a moment. */
const MARGIN_MS = 60_000;

/** Dialog that sends an alert to everybody in the area on the map. */
export function AlertDialog({ session, onClose }: { session: BoardSession; onClose: () => void }) {
  const [text, setText] = useState('');
  const [audience, setAudience] = useState<readonly Audience[]>(['riders', 'drivers']);
  const [hours, setHours] = useState<number>(HOURS[0]);
  // One key for all attempts, so that the alert is sent once.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const perform = (signal: AbortSignal) => {
    const expiresAt = Math.round(session.fleet.now() + hours * HOUR_MS - MARGIN_MS);
    const area = { bbox: session.$inView.get() };
    const alert = { area, audience: [...audience], text, expiresAt };
    return session.api.sendAlert(alert, { idempotencyKey, signal });
  };
  const toggle = (one: Audience) =>
    setAudience(audience.includes(one) ? audience.filter((other) => other !== one) : [...audience, one]);
  return (
    <ActionDialog
      title={TEXTS.alert}
      confirm={TEXTS.sendAlert}
      isReady={text.trim() !== '' && audience.length > 0}
      perform={perform}
      onClose={onClose}
    >
      <p>{TEXTS.alertHint}</p>
      <fieldset className="choice">
        <legend>{TEXTS.audience}</legend>
        {AUDIENCES.map((one) => (
          <label key={one}>
            <input type="checkbox" checked={audience.includes(one)} onChange={() => toggle(one)} />
            <span>{TEXTS.audiences[one]}</span>
          </label>
        ))}
      </fieldset>
      <TextField label={TEXTS.alertText} value={text} onChange={setText} />
      <label className="dialog-field">
        {TEXTS.expires}
        <select value={hours} onChange={({ target }) => setHours(Number(target.value))}>
          {HOURS.map((n) => (
            <option key={n} value={n}>
              {TEXTS.hours(n)}
            </option>
          ))}
        </select>
      </label>
    </ActionDialog>
  );
}
