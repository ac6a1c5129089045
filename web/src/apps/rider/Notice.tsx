import { X } from 'lucide-react';
import { TEXTS } from './texts.js';

/** What dispatch has to say to this rider, until it is put away. */
export function Notice({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <div className="rider-notice" role="status">
      <p>
        <span className="rider-notice-from">{TEXTS.fromDispatch}</span>
        {text}
      </p>
      <button type="button" className="icon-button" aria-label={TEXTS.closeNotice} onClick={onClose}>
        <X size={18} aria-hidden />
      </button>
    </div>
  );
}
