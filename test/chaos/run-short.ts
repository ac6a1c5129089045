import { runScenario, type Scenario } from './scenario.js';
import { SHORT_S } from './scenarios.js';

/** Runs a scenario as briefly as it can be; the number of verdicts that do not hold, and what it prints. */
export async function brokenVerdicts(scenario: Scenario): Promise<{ broken: number; report: string }> {
  const report: string[] = [];
  const print = (line: string) => report.push(line);
  const verdicts = await runScenario(scenario, { seed: 1, seconds: SHORT_S, print });
  return { broken: verdicts.filter(({ held }) => !held).length, report: report.join('\n') };
}
