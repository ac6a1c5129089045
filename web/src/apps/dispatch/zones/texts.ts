import { plural } from '../../../shared/i18n/plural.js';
import { count } from '../../../shared/ui/format.js';

/** Texts of the list of zones and of the layer. */
export const TEXTS = {
  panels: 'Left column',
  zones: 'Zones',
  loading: 'Loading zones…',
  search: 'Search zones',
  region: 'Area',
  regionName: (region: string, isCentre: boolean) => (isCentre ? 'This area' : `Area ${region.slice(2, 6)}`),
  count: (shown: number, total: number) =>
    shown === total
      ? plural(total, { one: '1 zone', other: '# zones' })
      : plural(total, { other: `${count(shown)} of # zones` }),
  draft: 'Draft',
  empty: 'No zones here yet',
  emptyHint: 'Zones decide where the service picks up, and in which order drivers get trips.',
  noMatch: 'No zones match the search',
  edit: 'Edit zones',
  opening: 'Opening…',
  done: 'Done',
  add: 'Add zone',
  addHint: 'Adds a square in the middle of the map',
  publish: 'Publish…',
  versions: 'Versions',
  import: 'Import',
  export: 'Export',
  locked: (user: string) => `Locked by ${user}`,
  lockedByYou: 'Locked by you',
  editedBy: (names: string) => `Selected by ${names}`,
  you: 'You',
  people: (names: string) => `Editing now: ${names}`,
  saved: 'All changes saved',
  saving: 'Saving…',
  offline: 'No connection. Your edits are kept on this device and merge when you are back.',
  readOnly: 'Read-only',
  show: 'Zones on the map',
  legend: 'Kinds of zones',
  queue: {
    title: 'Queue',
    empty: 'No drivers are waiting',
    driver: 'Driver',
    waiting: 'Waiting',
    wait: 'Est. wait',
    unknown: '–',
    departures: (n: number) =>
      plural(n, { one: '1 departure in the last hour', other: '# departures in the last hour' }),
    failed: 'The queue can’t be loaded.',
  },
  close: 'Close',
  rules: 'Rules',
} as const;
