import { expect, test } from 'vitest';
import { brokenVerdicts } from './run-short.js';
import { SCENARIOS } from './scenarios.js';

test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  '%s',
  async (_, scenario) => {
    const { broken, report } = await brokenVerdicts(scenario);
    expect(broken, report).toBe(0);
  },
  240_000,
);
