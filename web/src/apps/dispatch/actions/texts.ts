import { plural } from '../../../shared/i18n/plural.js';

const driversText = (n: number): string => plural(n, { one: '1 driver', other: '# drivers' });

export const TEXTS = {
  actions: 'Actions',
  assign: 'Assign driver',
  assignHint: 'Nearest available drivers. The driver you choose gets the trip immediately.',
  noDrivers: (distance: string) => `No available drivers within ${distance}`,
  searching: 'Searching for available drivers…',
  searchFailed: 'Couldn’t search for drivers. Go back and try again.',
  cancel: 'Cancel trip',
  cancelHint: 'The rider and the driver will be notified.',
  message: 'Message',
  messageTo: (recipient: string) => `Message ${recipient}`,
  messageHint: 'Shown in the app now, or the next time it is opened.',
  to: 'To',
  roles: { driver: 'Driver', rider: 'Rider' },
  text: 'Message text',
  offline: 'Take offline',
  offlineHint: 'The driver stops getting trips and is notified in the app.',
  audited: 'This action is recorded in the audit log.',
  back: 'Back',
  confirm: { assign: 'Assign', cancel: 'Cancel trip', message: 'Send', offline: 'Take offline' },
  /** titles of confirmations that end something */
  question: {
    cancel: (rider: string) => `Cancel trip of ${rider}?`,
    offline: (driver: string) => `Take ${driver} offline?`,
  },
  /** actions that were confirmed and can be taken back */
  pendingAction: {
    assign: (driver: string) => `Assigning trip to ${driver}`,
    cancel: (rider: string) => `Cancelling trip of ${rider}`,
    message: (recipient: string) =>
      recipient === '' ? 'Sending message' : `Sending message to ${recipient}`,
    offline: (driver: string) => (driver === '' ? 'Taking offline' : `Taking ${driver} offline`),
  },
  undo: 'Undo',
  now: 'Do it now',
  undone: 'Undone',
  stopped: 'Stopped',
  failedWith: (action: string, why: string) => `${action}: ${why}`,
  done: {
    assign: (driver: string) => `Trip assigned to ${driver}`,
    cancel: (rider: string) => `Trip cancelled: ${rider}`,
    message: (recipient: string) => (recipient === '' ? 'Message sent' : `Message sent to ${recipient}`),
    offline: (driver: string) => (driver === '' ? 'Taken offline' : `Taken offline: ${driver}`),
  },
  forMany: (action: string, drivers: number) => `${action}: ${driversText(drivers)}`,
  doneFor: (action: string, done: number, all: number) =>
    done === all
      ? `${action}: ${driversText(all)}`
      : `${action}: ${done} of ${driversText(all)}. The others refused it.`,
  selected: (drivers: number) => plural(drivers, { other: '# selected' }),
  clear: 'Clear',
  close: 'Close message',
  alert: 'Send alert to this area',
  alertHint:
    'Everybody in the area on the map gets it now, or when they open the app or come here before it expires.',
  audience: 'Send to',
  audiences: { riders: 'Riders', drivers: 'Drivers', dispatchers: 'Dispatchers' },
  alertText: 'Alert text',
  expires: 'Expires in',
  hours: (n: number) => plural(n, { one: '1 hour', other: '# hours' }),
  sendAlert: 'Send alert',
  withdraw: 'Withdraw alert',
  withdrawHint: 'Apps stop showing it, and nobody gets it any more.',
  pending: 'Please wait…',
  retry: 'Try again in a moment.',
  final: 'This can’t be done. Trying again won’t help.',
  refused: (reason: string, advice: string) => `${reason}. ${advice}`,
  failed: 'Something went wrong. Reload the page.',
} as const;
