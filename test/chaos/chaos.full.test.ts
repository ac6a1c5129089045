import { expect, test } from 'vitest';
import { brokenVerdicts } from './run-short.js';
import { processorKilled } from './scenarios/processor-killed.js';
import { QUICK_SCENARIOS } from './scenarios.js';

// Every run includes the other one, as a test of its own.
const others = QUICK_SCENARIOS.filter((scenario) => scenario !== processorKilled);

test.each(others.map((scenario) => [scenario.name, scenario] as const))(
  '%s',
  async (_, scenario) => {
    const { broken, report } = await brokenVerdicts(scenario);
    expect(broken, report).toBe(0);
  },
  240_000,
);
