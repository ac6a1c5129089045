import { ChevronLeft, Copy, Link, Send } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { RiderSession } from './session.js';
import { TripLink } from './share-link.js';
import { TEXTS } from './share-texts.js';
import type { RiderState } from './state.js';

type Props = { session: RiderSession; state: RiderState; onBack: () => void };

/** Creates, shares and revokes a link that anyone can open. */
export default function ShareTrip({ session, state: { share, isBusy }, onBack }: Props) {
  const [link] = useState(() => new TripLink(session));
  const [showsPlaces, setShowsPlaces] = useState(true);
  useEffect(() => void link.restore(), [link]);
  return (
    <>
      <div className="sheet-head sheet-head-back">
        <button type="button" className="icon-button" aria-label={TEXTS.back} onClick={onBack}>
          <ChevronLeft size={20} aria-hidden />
        </button>
        <h1>{TEXTS.title}</h1>
      </div>
      <p className="sheet-hint">{TEXTS.hint}</p>
      {share === null ? (
        <>
          <label className="ride-option">
            <input
              type="checkbox"
              checked={showsPlaces}
              onChange={({ target }) => setShowsPlaces(target.checked)}
            />
            <span>{TEXTS.places}</span>
          </label>
          <button
            type="button"
            className="button button-primary button-wide"
            disabled={isBusy}
            onClick={() => void link.create(showsPlaces)}
          >
            <Link size={18} aria-hidden />
            {TEXTS.create}
          </button>
        </>
      ) : (
        <>
          <LinkActions url={new URL(share.url, location.origin).href} />
          <button
            type="button"
            className="button button-danger button-wide"
            disabled={isBusy}
            onClick={() => void link.revoke()}
          >
            {TEXTS.stop}
          </button>
        </>
      )}
    </>
  );
}

function LinkActions({ url }: { url: string }) {
  const [isCopied, setCopied] = useState(false);
  // The clipboard API needs HTTPS. Without it the rider copies the text field.
  const copy = () =>
    navigator.clipboard?.writeText(url).then(
      () => setCopied(true),
      () => {},
    );
  return (
    <>
      <input
        className="share-link"
        readOnly
        value={url}
        aria-label={TEXTS.link}
        onFocus={({ target }) => target.select()}
      />
      <div className="actions">
        <button type="button" className="action" onClick={() => void copy()}>
          <Copy size={18} aria-hidden />
          <span role="status">{isCopied ? TEXTS.copied : TEXTS.copy}</span>
        </button>
        {'share' in navigator && (
          <button
            type="button"
            className="action"
            onClick={() => void navigator.share({ title: TEXTS.message, url }).catch(() => {})}
          >
            <Send size={18} aria-hidden />
            {TEXTS.send}
          </button>
        )}
      </div>
    </>
  );
}
