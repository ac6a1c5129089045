import type { ZoneKind } from '#sdk';
import { decimal } from '../../../../shared/ui/format.js';
import { ruleText } from '../rule-texts.js';
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

/** Returns why a text is no value of a rule, in words; null if it is one. */
export function problemOf({ name, min, max }: NumberRule, text: string): string | null {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return TEXTS.enterNumber;
  return value < min || value > max ? TEXTS.enterBetween(decimal(min), ruleText(name, max)) : null;
}
