import { locale } from '../i18n/locale.js';
import { FEET_PER_M, inUnit, METRES_PER_MILE, quantityText } from './format.js';

// Apart from the other formats, which the rider app loads at its start.

const { isImperial } = locale;
const UNIT = isImperial ? 'foot' : 'meter';
const UNITS_PER_M = isImperial ? FEET_PER_M : 1;

/** Name of the unit of lengths: m or ft. */
export const lengthUnit: string = inUnit(UNIT, 0).unit;

/** Returns metres in whole units of lengths, as users read and type them. */
export const lengthOf = (metres: number): number => Math.round(metres * UNITS_PER_M);

/** Returns a length that a user has typed in metres, to the centimetre, so that it is shown again as it was typed. */
export const metresOf = (length: number): number => Math.round((length / UNITS_PER_M) * 100) / 100;

/** Height or short distance in whole metres or feet. */
export const lengthText = (metres: number): string => quantityText(inUnit(UNIT, lengthOf(metres)));

/** A limit in whole kilometres or miles: 5 km, 3 mi. */
export const limitText = (metres: number): string =>
  quantityText(isImperial ? inUnit('mile', metres / METRES_PER_MILE) : inUnit('kilometer', metres / 1_000));
