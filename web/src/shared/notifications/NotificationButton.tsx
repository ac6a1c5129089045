import { Bell } from '../ui/icons.js';
import { TEXTS } from '../ui/texts.js';
import type { NotificationUser } from './NotificationSettings.js';

/** Opens the settings of notifications. */
export const NotificationButton = ({ user, className }: { user: NotificationUser; className?: string }) => (
  <button
    type="button"
    className={className}
    aria-label={TEXTS.notifications}
    onClick={() =>
      import('./NotificationSettings.js').then(
        ({ openSettings }) => openSettings(user),
        // Without a connection nothing could be set either; another press tries again.
        () => {},
      )
    }
  >
    <Bell />
  </button>
);
