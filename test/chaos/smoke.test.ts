import { expect, test } from 'vitest';
import { brokenVerdicts } from './run-short.js';
import { processorKilled } from './scenarios/processor-killed.js';

test('two processors are killed one after the other, and no fix is lost', async () => {
  const { broken, report } = await brokenVerdicts(processorKilled);
  expect(broken, report).toBe(0);
}, 90_000);
