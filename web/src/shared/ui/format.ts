import { locale } from '../i18n/locale.js';
import { TEXTS } from './texts.js';

const { tag, isImperial, hourCycle } = locale;
export const METRES_PER_MILE = 1_609.344;
export const FEET_PER_M = 3.280_84;

const numbers = (digits: number, options?: Intl.NumberFormatOptions) =>
  new Intl.NumberFormat(tag, { minimumFractionDigits: digits, maximumFractionDigits: digits, ...options });
const whole = numbers(0);
const oneDecimal = numbers(1);

export const count = (value: number): string => whole.format(value);

/** A number and the name of its unit, each for an element of its own. */
export type Quantity = { value: string; unit: string };

/** Formats a quantity. @param unit one that `Intl` knows */
export function inUnit(unit: string, value: number, digits = 0): Quantity {
  const parts = numbers(digits, { style: 'unit', unit }).formatToParts(value);
  const joined = (isUnit: boolean) =>
    parts
      .filter(({ type }) => type !== 'literal' && (type === 'unit') === isUnit)
      .map((part) => part.value)
      .join('');
  return { value: joined(false), unit: joined(true) };
}

/** Distance for a glance, by the units of the user: 640 m, 2.4 km, 21 km, or 550 ft, 2.4 mi, 21 mi. */
export function distance(metres: number): Quantity {
  const long = metres / (isImperial ? METRES_PER_MILE : 1_000);
  if (isImperial ? metres > 297 : metres >= 995)
    return inUnit(isImperial ? 'mile' : 'kilometer', long, long < 9.95 ? 1 : 0);
  return isImperial
    ? inUnit('foot', Math.round((metres * FEET_PER_M) / 50) * 50)
    : inUnit('meter', Math.round(metres / 10) * 10);
}

/** A quantity as one text. */
export const quantityText = ({ value, unit }: Quantity): string => `${value} ${unit}`;

/** The same as `distance`, as one text. */
export const distanceText = (metres: number): string => quantityText(distance(metres));

/** Speed in whole kilometres or miles an hour. @param mps metres per second */
export const speedText = (mps: number): string =>
  quantityText(
    isImperial
      ? inUnit('mile-per-hour', (mps * 3_600) / METRES_PER_MILE)
      : inUnit('kilometer-per-hour', mps * 3.6),
  );

/** Minutes and seconds, 4:07. */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

/** Remaining time in whole minutes: shorter ones would count down while the car waits at a light. */
export const remaining = (ms: number): Quantity => ({
  value: count(Math.max(1, Math.ceil(ms / 60_000))),
  unit: TEXTS.minute,
});

/** Age without tenths, which would flicker: 0 s, 12 s, 3 min. */
export const wholeAge = (ms: number): string =>
  ms < 90_000 ? TEXTS.seconds(count(Math.max(0, ms / 1_000))) : TEXTS.minutes(count(ms / 60_000));

/** 0.4 s, 12 s, 3 min. */
export const age = (ms: number): string =>
  ms < 9_950 ? TEXTS.seconds(oneDecimal.format(Math.max(0, ms / 1_000))) : wholeAge(ms);

/** 7.4, 18, 120: one decimal below ten. */
export const milliseconds = (ms: number): string => (ms < 9.95 ? oneDecimal : whole).format(ms);

/** 0.5, 2: as many decimals as a value has, up to three. */
export const decimal = (value: number): string => value.toLocaleString(tag);

/** Returns a formatter of dates and times, with the user's clock of 12 or 24 hours. */
export const timeFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(tag, { ...options, hourCycle });
