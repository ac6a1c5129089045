import type { NotificationKind } from '#protocol';
import type { PushStatus } from './push-subscriber.js';

/** Texts of the settings of notifications. */
export const TEXTS = {
  title: 'Notifications',
  hint: 'While this page is closed.',
  device: 'On this device',
  previews: 'Show the text of messages',
  close: 'Close',
  loading: 'Loading',
  failed: 'This couldn’t be saved. Try again.',
  noService: 'This browser couldn’t reach its push service. Try again later.',
} as const;

export const STATUS_HINTS: Record<PushStatus, string> = {
  on: '',
  off: '',
  blocked: 'Notifications are blocked. Allow them in the settings of your browser.',
  unsupported:
    'This browser can’t show notifications here. On an iPhone, add this page to the home screen first.',
};

export const KINDS: Record<NotificationKind, string> = {
  offer: 'New trips',
  arrival: 'Arrival of your car',
  message: 'Messages',
  alert: 'Alerts and incidents',
};
