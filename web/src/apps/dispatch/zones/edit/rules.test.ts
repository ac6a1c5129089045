import { expect, test } from 'vitest';
import { ZONE_KINDS, ZONE_RULES } from '#protocol';
import { KIND_ORDER, KINDS } from '../kinds.js';
import { problemOf, RULES } from './rules.js';

test('the board knows all kinds, each with a look of its own', () => {
  expect([...KIND_ORDER].sort()).toEqual([...ZONE_KINDS].sort());
  const looks = KIND_ORDER.map((kind) => `${KINDS[kind].pattern} ${KINDS[kind].dash}`);
  expect(new Set(looks).size).toBe(looks.length);
});

test.each(ZONE_KINDS)(
  'the form of %s has all rules of the service with their defaults and limits',
  (kind) => {
    const { points: _, ...defaults } = ZONE_RULES[kind].parse({}) as Record<string, unknown>;
    expect(Object.fromEntries(RULES[kind].map(({ name, fallback }) => [name, fallback]))).toEqual(defaults);
    const isValid = (name: string, value: unknown) => ZONE_RULES[kind].safeParse({ [name]: value }).success;
    for (const rule of RULES[kind]) {
      if (rule.type === 'choice') expect(isValid(rule.name, rule.choices)).toBe(true);
      if (rule.type !== 'number') continue;
      const { name, min, max, step } = rule;
      expect([min, max, min - step, max + step].map((value) => isValid(name, value))).toEqual([
        true,
        true,
        false,
        false,
      ]);
      expect([min, max, min - step, 'x', ''].map((text) => problemOf(rule, String(text)) === null)).toEqual([
        true,
        true,
        false,
        false,
        false,
      ]);
    }
  },
);
