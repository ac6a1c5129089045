import { TEXTS } from './texts.js';

type Props = { question: string; isBusy: boolean; onKeep: () => void; onCancel: () => void };

/** Asks for confirmation before a trip is cancelled. */
export function CancelDialog({ question, isBusy, onKeep, onCancel }: Props) {
  return (
    <fieldset className="cancel-dialog" aria-label={question}>
      <p>{question}</p>
      <button type="button" className="button" onClick={onKeep}>
        {TEXTS.keepTrip}
      </button>
      <button type="button" className="button button-danger" disabled={isBusy} onClick={onCancel}>
        {TEXTS.confirmCancel}
      </button>
    </fieldset>
  );
}
