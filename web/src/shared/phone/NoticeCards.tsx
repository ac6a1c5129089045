import { Megaphone, TriangleAlert, X } from 'lucide-react';
import type { NoticeCard } from './notice-card.js';
import { TEXTS } from './texts.js';

export type Props = { cards: readonly NoticeCard[] };

/** Messages and alerts from dispatch, each until it is dismissed. */
export default function NoticeCards({ cards }: Props) {
  return cards.map(({ kind, key, text, onDismiss }) => (
    <div key={key} className="panel notice-card" data-kind={kind}>
      {kind === 'alert' ? <TriangleAlert size={18} aria-hidden /> : <Megaphone size={18} aria-hidden />}
      <p>
        <strong>{kind === 'alert' ? TEXTS.areaAlert : TEXTS.fromDispatch}</strong>
        <span>{text}</span>
      </p>
      <button
        type="button"
        className="icon-button"
        aria-label={kind === 'alert' ? TEXTS.dismissAlert : TEXTS.dismiss}
        onClick={onDismiss}
      >
        <X size={18} aria-hidden />
      </button>
    </div>
  ));
}
