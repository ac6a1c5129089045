import { useState } from 'react';
import { TEXTS } from './texts.js';

type Props = { isBusy: boolean; onEnter: (pin: string) => void; onBack: () => void };

/** The rider's PIN, with which a trip starts. */
export function PinEntry({ isBusy, onEnter, onBack }: Props) {
  const [pin, setPin] = useState('');
  const isComplete = /^\d{4}$/.test(pin);
  return (
    <form
      className="cancel-dialog"
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete) onEnter(pin);
      }}
    >
      <p>{TEXTS.enterPin}</p>
      <input
        className="pin-entry"
        // The driver has just asked to start.
        // biome-ignore lint/a11y/noAutofocus: see above
        autoFocus
        inputMode="numeric"
        autoComplete="off"
        maxLength={4}
        aria-label={TEXTS.enterPin}
        value={pin}
        onChange={({ target }) => setPin(target.value.replace(/\D/g, ''))}
      />
      <button type="button" className="button" onClick={onBack}>
        {TEXTS.notYet}
      </button>
      <button type="submit" className="button button-go" disabled={!isComplete || isBusy}>
        {TEXTS.startTrip}
      </button>
    </form>
  );
}
