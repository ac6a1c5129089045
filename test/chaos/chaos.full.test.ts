import { expect, test } from 'vitest';
import { brokenVerdicts } from './run-short.js';
import { malformedPackets } from './scenarios/malformed-packets.js';
import { processorKilled } from './scenarios/processor-killed.js';
import { FULL_S, SCENARIOS, SHORT_S } from './scenarios.js';

// Every run includes the other one, as a test of its own.
const others = SCENARIOS.filter((scenario) => scenario !== processorKilled);

test.each(others.map((scenario) => [scenario.name, scenario] as const))(
  '%s',
  async (_, scenario) => {
    // The number of packets follows from the time.
    const seconds = scenario === malformedPackets ? FULL_S : SHORT_S;
    const { broken, report } = await brokenVerdicts(scenario, seconds);
    expect(broken, report).toBe(0);
  },
  600_000,
);
