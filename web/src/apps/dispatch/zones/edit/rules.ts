import type { ZoneKind } from '#sdk';
import { decimal } from '../../../../shared/ui/format.js';
import { metresOf } from '../../../../shared/ui/lengths.js';
import { isLength, shownValue, withUnit } from '../rule-texts.js';
import { TEXTS } from './texts.js';

/** A rule that is a number. Its default and limits are those of the service, which a test compares. */
export type NumberRule = {
  type: 'number';
  name: string;
  min: number;
  max: number;
  step: number;
  fallback: number;
};
export type FlagRule = { type: 'flag'; name: string; fallback: boolean };
export type ChoiceRule = {
  type: 'choice';
  name: string;
  choices: readonly string[];
  fallback: string[];
};
export type Rule = NumberRule | FlagRule | ChoiceRule;

const number = (
  name: string,
  [min, max, fallback, step = 1]: [min: number, max: number, fallback: number, step?: number],
): NumberRule => ({ type: 'number', name, min, max, fallback, step });

/** Rules of each kind but the pick-up points, in the order of the form. */
export const RULES: Record<ZoneKind, Rule[]> = {
  service_area: [],
  no_pickup: [],
  no_dropoff: [],
  no_go: [number('repeatAfterS', [0, 86_400, 600])],
  pickup_points: [number('maxWalkM', [10, 5_000, 500])],
  queue: [
    number('keepPlaceS', [0, 3_600, 300]),
    {
      type: 'flag',
      name: 'shortTripPriority',
      fallback: true,
    },
    number('shortTripMaxS', [60, 7_200, 900]),
  ],
  surge: [number('factor', [1, 10, 1.5, 0.1])],
  alert: [
    {
      type: 'choice',
      name: 'on',
      choices: ['enter', 'exit', 'dwell'],
      fallback: ['enter'],
    },
    number('dwellMinutes', [1, 1_440, 10]),
    {
      type: 'choice',
      name: 'statuses',
      choices: ['available', 'busy'],
      fallback: ['available', 'busy'],
    },
  ],
};

/** Limits and default of a rule as users read and type them, the limits rounded inwards. */
export function shownLimits({
  name,
  min,
  max,
  fallback,
}: NumberRule): Record<'min' | 'max' | 'fallback', number> {
  const [low, high, usual] = [min, max, fallback].map((value) => Number(shownValue(name, value))) as [
    number,
    number,
    number,
  ];
  return {
    min: storedValue(name, low) < min ? low + 1 : low,
    max: storedValue(name, high) > max ? high - 1 : high,
    fallback: usual,
  };
}

/** Returns the value of a rule that a user has typed. */
export const storedValue = (name: string, typed: number): number =>
  isLength(name) ? metresOf(typed) : typed;

/** Returns why a text is no value of a rule, in words; null if it is one. */
export function problemOf(rule: NumberRule, text: string): string | null {
  const { min, max } = shownLimits(rule);
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return TEXTS.enterNumber;
  return value < min || value > max
    ? TEXTS.enterBetween(decimal(min), withUnit(rule.name, decimal(max)))
    : null;
}
