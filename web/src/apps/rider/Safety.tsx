import { ChevronLeft, Phone, Share2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Incident, Trip } from '#protocol';
import { KINDS, TEXTS } from './safety-texts.js';
import type { RiderSession } from './session.js';

type Props = { session: RiderSession; trip: Trip; onShare: () => void; onBack: () => void };

const REPORTED = ['accident', 'threat', 'other'] as const;

/** Regions of North America whose emergency number is 911; 112 works nearly everywhere else. */
const CALLS_911 = /-(US|CA|MX)\b/i;
const emergencyNumber = (): string => (CALLS_911.test(navigator.language) ? '911' : '112');

/** Help during a trip: share it, call for help, report a problem. */
export default function Safety({ session, trip, onShare, onBack }: Props) {
  const [isReporting, setReporting] = useState(false);
  const number = emergencyNumber();
  return (
    <>
      <div className="sheet-head sheet-head-back">
        <button
          type="button"
          className="icon-button"
          aria-label={TEXTS.back}
          onClick={isReporting ? () => setReporting(false) : onBack}
        >
          <ChevronLeft size={20} aria-hidden />
        </button>
        <h1>{isReporting ? TEXTS.report : TEXTS.title}</h1>
      </div>
      {isReporting ? (
        <Report session={session} trip={trip} />
      ) : (
        <div className="safety">
          <button type="button" onClick={onShare}>
            <Share2 size={20} aria-hidden />
            <span>
              <strong>{TEXTS.share}</strong>
              <span className="safety-hint">{TEXTS.shareHint}</span>
            </span>
          </button>
          <button type="button" onClick={() => setReporting(true)}>
            <TriangleAlert size={20} aria-hidden />
            <span>
              <strong>{TEXTS.report}</strong>
              <span className="safety-hint">{TEXTS.reportHint}</span>
            </span>
          </button>
          <a href={`tel:${number}`} className="safety-call">
            <Phone size={20} aria-hidden />
            <span>
              <strong>{TEXTS.call(number)}</strong>
              <span className="safety-hint">{TEXTS.callHint}</span>
            </span>
          </a>
        </div>
      )}
    </>
  );
}

function Report({ session, trip }: Pick<Props, 'session' | 'trip'>) {
  const [kind, setKind] = useState<Incident['kind']>('threat');
  const [text, setText] = useState('');
  const [result, setResult] = useState<'none' | 'sending' | 'sent' | 'failed'>('none');
  const send = async () => {
    setResult('sending');
    const { position } = session.state.get();
    const { lat, lng } = position ?? trip.pickup;
    try {
      await session.api.reportIncident({ kind, text, lat, lng, tripId: trip.id });
      setResult('sent');
    } catch {
      setResult('failed');
    }
  };
  if (result === 'sent')
    return (
      <p className="sheet-hint" role="status">
        {TEXTS.sent}
      </p>
    );
  return (
    <form
      className="report"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <fieldset>
        <legend>{TEXTS.kind}</legend>
        {REPORTED.map((value) => (
          <label key={value}>
            <input type="radio" name="kind" checked={kind === value} onChange={() => setKind(value)} />
            <span>{KINDS[value]}</span>
          </label>
        ))}
      </fieldset>
      <textarea
        maxLength={500}
        rows={2}
        placeholder={TEXTS.details}
        aria-label={TEXTS.details}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <p role="status">{result === 'failed' ? TEXTS.failed : ''}</p>
      <button type="submit" className="button button-danger button-wide" disabled={result === 'sending'}>
        {TEXTS.send}
      </button>
    </form>
  );
}
