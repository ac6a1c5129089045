import { plural } from '../../../../shared/i18n/plural.js';
import type { Tool } from '../model.js';

/** Texts of the editor of zones. */
export const TEXTS = {
  tools: 'Drawing tools',
  tool: {
    select: 'Select',
    polygon: 'Polygon',
    rectangle: 'Rectangle',
    circle: 'Circle',
    hole: 'Hole',
    point: 'Pick-up point',
  } satisfies Record<Tool, string>,
  keys: { select: 'V', polygon: 'P', rectangle: 'R', circle: 'C', hole: 'H', point: 'K' } satisfies Record<
    Tool,
    string
  >,
  hints: {
    select:
      'Drag corners to move them, or the dots between them to add corners. Right-click a corner to remove it.',
    polygon: 'Click each corner. Click the first one again, or press Enter, to finish. Esc cancels.',
    rectangle: 'Click two opposite corners. Esc cancels.',
    circle: 'Click the centre, then the edge. Esc cancels.',
    hole: 'Click each corner of the hole. Click the first one again, or press Enter, to finish.',
    point: 'Click where drivers should stop. Esc ends.',
  } satisfies Record<Tool, string>,
  drawKind: 'Kind of new zones',
  undo: 'Undo',
  redo: 'Redo',
  failed: 'Something went wrong. Try again.',
  cannotOpen: (reason: string) => `These zones are read-only: ${reason}.`,
  refused: (name: string, reason: string) => `Your edit of “${name}” was not accepted: ${reason}.`,
  dismiss: 'Dismiss',
  holeOutside: 'A hole must be inside the zone.',
  point: (n: number) => `Pick-up point ${n}`,
  notJson: 'The file is not JSON',
  faultOfFeature: (n: number, name: string, fault: string) =>
    `Feature ${n}${name === '' ? '' : ` “${name}”`} ${fault}`,
  moreFaults: (n: number) => plural(n, { one: 'And 1 more', other: 'And # more' }),

  close: 'Close',
  name: 'Name',
  kind: 'Kind',
  rules: 'Rules',
  limits: (min: string, max: string, fallback: string) => `${min} to ${max}, normally ${fallback}`,
  points: 'Pick-up points',
  addPoint: 'Add by clicking on the map',
  addPointHere: 'Add in the middle of the map',
  pointName: (n: number) => `Name of point ${n}`,
  latOf: (what: string) => `Latitude of ${what}`,
  lngOf: (what: string) => `Longitude of ${what}`,
  remove: (what: string) => `Remove ${what}`,
  emptyName: 'Enter a name',
  fault: (reason: string) => `This zone ${reason}.`,
  faultOf: (name: string, reason: string) => `“${name}” ${reason}`,
  sameName: 'Another zone of this kind has the same name.',
  noPoints: 'This zone has no pick-up point.',
  enterNumber: 'Enter a number',
  enterBetween: (min: string, max: string) => `Enter ${min} to ${max}`,
  showFault: 'Show on the map',
  corners: 'Corners',
  cornersHint:
    'Focus a corner, or the move button of a border, and use the arrow keys, with Shift in small steps. Delete removes a corner.',
  corner: (n: number) => `Corner ${n}`,
  latOfCorner: (n: number) => `Latitude of corner ${n}`,
  lngOfCorner: (n: number) => `Longitude of corner ${n}`,
  removeCorner: (n: number) => `Remove corner ${n}`,
  addAfter: (n: number) => `Add a corner after corner ${n}`,
  ring: (polygon: number, ring: number, polygons: number) =>
    ring === 0 ? (polygons > 1 ? `Part ${polygon + 1}` : 'Border') : `Hole ${ring}`,
  removeRing: (name: string) => `Remove ${name.toLowerCase()}`,
  moveRing: (name: string) => `${name}: move with the arrow keys`,
  addHole: (name: string) => `${name}: add a hole`,
  noRoom: 'A hole doesn’t fit here. Check the border first.',
  more: (n: number) => plural(n, { other: 'Show # more' }),
  antimeridian:
    'The map can’t drag this border, because it crosses 180° of longitude. Edit its corners here.',
  lock: 'Lock for others',
  lockedBy: (user: string) => `Locked by ${user}`,
  breakLock: 'Unlock anyway',
  breakLockHint: 'This is recorded in the audit log.',
  alsoEditing: (names: string) => `${names} also editing`,
  you: 'you',
  lastEdit: (user: string, age: string) => `Changed by ${user}, ${age} ago`,
  remove_: 'Delete zone',

  publish: 'Publish',
  review: 'Review and publish',
  loading: 'Comparing…',
  unchanged: 'The draft is the same as the published version.',
  unchangedVersion: 'This version is the same as the published one.',
  added: 'Added',
  changed: 'Changed',
  gone: 'Removed',
  fix: 'Fix this first',
  comment: 'Why? Others read this in the list of versions.',
  allowEmpty: 'Publish without any zone: all rules end',
  confirm: (n: number) => plural(n, { one: 'Publish 1 change?', other: 'Publish # changes?' }),
  confirmHint:
    'It takes effect in about a second, for all drivers and riders. It is recorded in the audit log.',
  again: 'Publish this version again',
  publishing: 'Publishing…',
  published: (version: number) => `Version ${version} is published`,
  back: 'Back',
  refresh: 'Compare again',
  outdated: 'The draft has changed since. Compare again to publish.',

  versions: 'Versions',
  noVersions: 'Nothing is published yet.',
  version: (n: number) => `Version ${n}`,
  current: 'In force',
  zones: (n: number) => plural(n, { one: '1 zone', other: '# zones' }),
  restores: (n: number) => `repeats version ${n}`,
  compare: 'Compare',

  imported: (n: number) => plural(n, { one: '1 zone imported', other: '# zones imported' }),
  notImported: (file: string) => `${file} was not imported`,
  importedFrom: (file: string) => `Imported from ${file}`,
  corrections: 'Corrected',
  correction: (zone: string, rings: number, vertices: number) =>
    `“${zone}”: ${[
      rings > 0 ? plural(rings, { one: 'a ring turned round', other: '# rings turned round' }) : '',
      vertices > 0
        ? plural(vertices, { one: 'a repeated corner dropped', other: '# repeated corners dropped' })
        : '',
    ]
      .filter((part) => part !== '')
      .join(', ')}`,
  drop: 'Drop a GeoJSON file to import its zones',
} as const;
