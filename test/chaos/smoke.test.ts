import { expect, test } from 'vitest';
import { brokenVerdicts } from './run-short.js';
import { processorKilled } from './scenarios/processor-killed.js';

test('no fix is lost when two processors are killed one after the other', async () => {
  const { broken, report } = await brokenVerdicts(processorKilled);
  expect(broken, report).toBe(0);
}, 90_000);
