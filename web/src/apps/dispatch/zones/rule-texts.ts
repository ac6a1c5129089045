import type { ZoneKind } from '#sdk';
import { decimal, quantityText } from '../../../shared/ui/format.js';
import { lengthOf, lengthUnit } from '../../../shared/ui/lengths.js';

/** Name of each kind of zones, and its purpose in a few words. */
export const KIND_TEXTS = {
  service_area: { name: 'Service area', purpose: 'Trips only inside' },
  no_pickup: { name: 'No pick-up', purpose: 'No pick-ups inside' },
  no_dropoff: { name: 'No destination', purpose: 'No trips that end inside' },
  no_go: { name: 'No-go', purpose: 'Alert when a vehicle enters' },
  pickup_points: { name: 'Pick-up points', purpose: 'Riders walk to a named point' },
  queue: { name: 'Queue', purpose: 'Trips in order of arrival' },
  surge: { name: 'Surge', purpose: 'A factor passed on with the trip' },
  alert: { name: 'Alert', purpose: 'Alert on entry, exit or stay' },
} as const satisfies Record<ZoneKind, { name: string; purpose: string }>;

/** Names of the rules, by their name on the wire. */
export const RULE_TEXTS = {
  repeatAfterS: 'Time between alerts about one vehicle',
  maxWalkM: 'Farthest walk to a point',
  keepPlaceS: 'Time outside that keeps the place',
  shortTripPriority: 'Short trips keep the place',
  shortTripMaxS: 'Longest short trip',
  factor: 'Factor',
  on: 'Alert when a vehicle',
  dwellMinutes: 'Time until it counts as staying',
  statuses: 'Vehicles',
  points: 'Pick-up points',
} as const;

/** Names of the values of rules. */
export const VALUES = {
  enter: 'enters',
  exit: 'leaves',
  dwell: 'stays',
  available: 'available',
  busy: 'busy',
  true: 'yes',
  false: 'no',
} as const;

/** A rule's number with its unit; lengths have that of the user. */
export const UNITS = {
  repeatAfterS: (n: string) => `${n} s`,
  keepPlaceS: (n: string) => `${n} s`,
  shortTripMaxS: (n: string) => `${n} s`,
  dwellMinutes: (n: string) => `${n} min`,
  factor: (n: string) => `${n} ×`,
} as const;

/** Labels of the fields of rules, where they differ from the names. */
export const FIELDS = {
  shortTripPriority: 'Drivers keep their place after a short trip',
  available: 'Available',
  busy: 'Busy',
} as const;

const textOf = (texts: Readonly<Record<string, string>>, key: unknown): string =>
  texts[String(key)] ?? (typeof key === 'number' ? decimal(key) : String(key));

/** Returns the label of the field of a rule. */
export const fieldLabel = (name: string): string => textOf({ ...RULE_TEXTS, ...FIELDS }, name);

/** Returns the label of a choice of a rule. */
export const choiceLabel = (value: string): string => textOf({ ...VALUES, ...FIELDS }, value);

/** Whether a rule is a length, in metres on the wire. */
export const isLength = (name: string): boolean => name.endsWith('M');

/** Returns the value of a rule as users read and type it: lengths in their unit. */
export const shownValue = (name: string, value: unknown): unknown =>
  isLength(name) ? lengthOf(Number(value)) : value;

/** Returns a number with the unit of its rule. */
export const withUnit = (name: string, n: string): string =>
  isLength(name)
    ? quantityText({ value: n, unit: lengthUnit })
    : ((UNITS as Readonly<Record<string, (n: string) => string>>)[name]?.(n) ?? n);

/** Returns the unit of a rule. */
export const unitOf = (name: string): string => withUnit(name, '').trim();

/** Returns the name of a rule; undefined for one that is not shown. */
export const ruleName = (name: string): string | undefined =>
  (RULE_TEXTS as Readonly<Record<string, string>>)[name];

/** Returns the value of a rule in words. */
export function ruleText(name: string, value: unknown): string {
  if (name === 'points') return (value as Array<{ name: string }>).map((point) => point.name).join(', ');
  if (Array.isArray(value)) return value.map((each) => textOf(VALUES, each)).join(', ');
  return withUnit(name, textOf(VALUES, shownValue(name, value)));
}
