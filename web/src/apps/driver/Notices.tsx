import { Megaphone, X } from 'lucide-react';
import type { Notice } from '#protocol';
import type { DriverSession } from './session.js';
import { TEXTS } from './texts.js';

/** What dispatch has to say, until it is closed. */
export const Notices = ({ session, notices }: { session: DriverSession; notices: readonly Notice[] }) => (
  <div className="notices" role="log" aria-label={TEXTS.notice}>
    {notices.map((notice) => (
      <div key={notice.at} className="panel notice-card">
        <Megaphone size={18} aria-hidden />
        <p>
          <strong>{TEXTS.notice}</strong>
          <span>{notice.kind === 'offline' ? TEXTS.takenOffline : notice.text}</span>
        </p>
        <button
          type="button"
          className="icon-button"
          aria-label={TEXTS.dismiss}
          onClick={() => session.dismissNotice(notice)}
        >
          <X size={18} aria-hidden />
        </button>
      </div>
    ))}
  </div>
);
