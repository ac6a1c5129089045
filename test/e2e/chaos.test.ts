import { expect, test } from 'vitest';
import { runScenario } from '../chaos/scenario.js';
import { SCENARIOS, SHORT_S } from '../chaos/scenarios.js';

test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  '%s',
  async (_, scenario) => {
    const report: string[] = [];
    const print = (line: string) => report.push(line);
    const verdicts = await runScenario(scenario, { seed: 1, seconds: SHORT_S, print });
    expect(verdicts.filter(({ held }) => !held).length, report.join('\n')).toBe(0);
  },
  90_000,
);
