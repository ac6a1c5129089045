import { expect, test } from 'vitest';
import { brokenVerdicts } from './run-short.js';
import { processorKilled } from './scenarios/processor-killed.js';

/** Time until the faults; the scenario then takes as long as the recovery that it measures. */
const SECONDS = 8;

test('no fix is lost when two processors are killed one after the other', async () => {
  const { broken, report } = await brokenVerdicts(processorKilled, SECONDS);
  expect(broken, report).toBe(0);
}, 90_000);
