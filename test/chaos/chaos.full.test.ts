import { expect, test } from 'vitest';
import { brokenVerdicts } from './run-short.js';
import { QUICK_SCENARIOS } from './scenarios.js';

test.each(QUICK_SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  '%s',
  async (_, scenario) => {
    const { broken, report } = await brokenVerdicts(scenario);
    expect(broken, report).toBe(0);
  },
  240_000,
);
