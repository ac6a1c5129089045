import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { ZONE_KINDS, ZONE_RULES } from '#protocol';
import { KIND_ORDER, KINDS } from '../kinds.js';

/** Loads the form of zones as a board does whose user measures in these units. */
async function formIn(units: 'metric' | 'imperial') {
  vi.resetModules();
  vi.stubGlobal('window', {
    localStorage: { getItem: (key: string) => (key === 'hexfleet-units' ? units : null) },
  });
  const [rules, texts, changes] = await Promise.all([
    import('./rules.js'),
    import('../rule-texts.js'),
    import('./change-texts.js'),
  ]);
  return { ...rules, ...texts, ...changes };
}

afterEach(() => vi.unstubAllGlobals());
// Other files of this worker get formats of their own.
afterAll(() => vi.resetModules());

test('the board knows all kinds, each with a look of its own', () => {
  expect([...KIND_ORDER].sort()).toEqual([...ZONE_KINDS].sort());
  const looks = KIND_ORDER.map((kind) => `${KINDS[kind].pattern} ${KINDS[kind].dash}`);
  expect(new Set(looks).size).toBe(looks.length);
});

describe.each(['metric', 'imperial'] as const)('in %s units', (units) => {
  test.each(ZONE_KINDS)(
    'the form of %s has all rules of the service with their defaults, and takes what the service takes',
    async (kind) => {
      const { problemOf, RULES, shownLimits, storedValue } = await formIn(units);
      const { points: _, ...defaults } = ZONE_RULES[kind].parse({}) as Record<string, unknown>;
      expect(Object.fromEntries(RULES[kind].map(({ name, fallback }) => [name, fallback]))).toEqual(defaults);
      const isValid = (name: string, value: unknown) => ZONE_RULES[kind].safeParse({ [name]: value }).success;
      for (const rule of RULES[kind]) {
        if (rule.type === 'choice') expect(isValid(rule.name, rule.choices)).toBe(true);
        if (rule.type !== 'number') continue;
        const { name, step } = rule;
        const { min, max } = shownLimits(rule);
        const typed = [min, max, min - step, max + step];
        expect(typed.map((value) => problemOf(rule, String(value)) === null)).toEqual([
          true,
          true,
          false,
          false,
        ]);
        expect(typed.map((value) => isValid(name, storedValue(name, value)))).toEqual([
          true,
          true,
          false,
          false,
        ]);
        expect(['x', ''].map((text) => problemOf(rule, text) === null)).toEqual([false, false]);
      }
    },
  );
});

test('a walk is read and typed in feet by who measures in miles, and stored in metres', async () => {
  const { RULES, ruleText, shownLimits, shownValue, storedValue, unitOf } = await formIn('imperial');
  const [walk] = RULES.pickup_points;
  if (walk?.type !== 'number') throw new Error('the walk is a number');
  expect([ruleText('maxWalkM', 500), unitOf('maxWalkM')]).toEqual(['1,640 ft', 'ft']);
  expect(shownLimits(walk)).toEqual({ min: 33, max: 16_404, fallback: 1_640 });
  expect(storedValue('maxWalkM', 1_000)).toBe(304.8);
  for (let feet = 33; feet <= 16_404; feet += 1)
    expect(shownValue('maxWalkM', storedValue('maxWalkM', feet))).toBe(feet);
  // Times have one unit everywhere.
  expect([storedValue('keepPlaceS', 90), ruleText('keepPlaceS', 90)]).toEqual([90, '90 s']);
});

test('a walk is in metres by default', async () => {
  const { ruleText, shownValue, storedValue } = await formIn('metric');
  expect([ruleText('maxWalkM', 500), shownValue('maxWalkM', 304.8), storedValue('maxWalkM', 305)]).toEqual([
    '500 m',
    305,
    305,
  ]);
});

test.each([
  ['metric', 'is more than 500 km wide or high', 'there are 1001 zones; a region has at most 1000'],
  ['imperial', 'is more than 311 mi wide or high', 'there are 1001 zones; a region has at most 1000'],
] as const)(
  'faults have the distances of the user and other numbers as they are: %s',
  async (units, wide, many) => {
    const { faultText } = await formIn(units);
    expect(faultText('is more than 500 km wide or high')).toBe(wide);
    expect(faultText('there are 1001 zones; a region has at most 1000')).toBe(many);
    expect(faultText('is unheard of for 3 km')).toBe('is unheard of for 3 km');
  },
);
