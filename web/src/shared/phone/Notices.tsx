import { Megaphone, X } from 'lucide-react';
import { TEXTS } from './texts.js';

type Props<T> = {
  notices: readonly T[];
  textOf: (notice: T) => string;
  onDismiss: (notice: T) => void;
};

/** Messages from dispatch, each until it is dismissed. */
export const Notices = <T extends { at: number }>({ notices, textOf, onDismiss }: Props<T>) => (
  <div className="notices" role="status">
    {notices.map((notice) => (
      <div key={notice.at} className="panel notice-card">
        <Megaphone size={18} aria-hidden />
        <p>
          <strong>{TEXTS.fromDispatch}</strong>
          <span>{textOf(notice)}</span>
        </p>
        <button
          type="button"
          className="icon-button"
          aria-label={TEXTS.dismiss}
          onClick={() => onDismiss(notice)}
        >
          <X size={18} aria-hidden />
        </button>
      </div>
    ))}
  </div>
);
