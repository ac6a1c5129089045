import { Megaphone, X } from 'lucide-react';
import type { Notice } from '#protocol';
import { TEXTS } from './texts.js';

export type Props = {
  notices: readonly Notice[];
  textOf: (notice: Notice) => string;
  onDismiss: (notice: Notice) => void;
};

/** Messages from dispatch, each until it is dismissed. */
export default function NoticeCards({ notices, textOf, onDismiss }: Props) {
  return notices.map((notice) => (
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
  ));
}
