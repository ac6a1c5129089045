import type { AuditEntry } from '#sdk';
import { plural } from '../../../shared/i18n/plural.js';
import { count } from '../../../shared/ui/format.js';

export const TEXTS = {
  title: 'Search and commands',
  open: 'Search',
  hint: 'Search drivers, riders, trips or commands',
  noMatch: 'No results',
  drivers: (shown: number, total: number) =>
    total > shown ? `Drivers, ${count(shown)} of ${count(total)}` : 'Drivers',
  trips: 'Open trips',
  commands: 'Commands',
  showAll: 'Show all vehicles',
  showOnly: (status: string) => `Show only: ${status}`,
  colourBy: (measure: string) => `Colour cells by: ${measure}`,
  action: (action: string, target: string) => `${action}: ${target}`,
  sendAlert: 'Send alert to the area in view',
  zones: 'Show the list of zones',
  clearSelection: 'Clear selection',
  audit: 'Open audit log',
  auditTitle: 'Audit log',
  auditActions: {
    'chat:history': 'read a chat',
    'trip:request': 'requested a trip',
    'trip:assign': 'assigned a driver',
    'trip:cancel': 'cancelled a trip',
    'trip:change': 'changed a trip',
    'trip:share': 'shared a trip or revoked its links',
    'alert:send': 'sent an alert to an area',
    'alert:withdraw': 'withdrew an alert',
    'user:notice': 'sent a message',
    'user:disconnect': 'disconnected a user',
    'user:erase': 'erased the data of a user',
    'user:export': 'exported the data of a user',
    'presence:view': 'looked at the connections of a user',
    'driver:profile': 'changed the profile of a driver',
    'driver:view': 'looked at the position of a driver',
    'track:view': 'looked at a track',
    'log:view': 'looked at the log of a driver',
    'fleet:view': 'looked at positions of the fleet',
    'history:view': 'looked at the past of the fleet',
    'token:refused': 'refused tokens',
    'driver:offline': 'took a driver offline',
    'zones:import': 'imported zones',
    'zones:publish': 'published zones',
    'zones:unlock': 'unlocked a zone of another editor',
  } satisfies Record<AuditEntry['action'], string>,
  imported: (n: number) => plural(n, { one: '1 zone', other: '# zones' }),
  restored: (version: string, comment: string) => `version ${version} again: ${comment}`,
  service: 'The service',
  times: (times: number) => plural(times, { one: '1 time', other: '# times' }),
  older: 'Load older entries',
  close: 'Close',
} as const;

/** Values that the audit log has for an action. */
export const AUDIT_VALUES = {
  'history:view': { area: 'vehicles of an area', trips: 'ended trips' },
  'user:disconnect': { driver: 'as a driver', rider: 'as a rider', dispatcher: 'as a dispatcher' },
} as const;
