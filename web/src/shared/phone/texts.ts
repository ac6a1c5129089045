import { plural } from '../i18n/plural.js';

/** Texts that the rider app and the driver app share. */
export const TEXTS = {
  loading: 'Loading map',
  noMap: 'The map can’t be shown in this browser. Everything else works.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  recentre: 'Re-centre',

  chat: 'Chat',
  unread: (n: number) => plural(n, { one: '1 unread message', other: '# unread messages' }),
  cancel: 'Cancel',
  confirmCancel: 'Cancel trip',
  keepTrip: 'Keep trip',
  fromDispatch: 'Message from dispatch',
  dismiss: 'Dismiss message',
  areaAlert: 'Alert for this area',
  dismissAlert: 'Dismiss alert',

  connecting: 'Connecting',
  offline: 'No connection',
  refused: 'Your session has ended. Sign in again.',
  reload: 'Reload',
} as const;
