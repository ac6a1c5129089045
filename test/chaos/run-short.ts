import { runScenario, type Scenario } from './scenario.js';
import { SHORT_S } from './scenarios.js';

/** Runs a scenario, by default as short as any can be. @returns the number of broken verdicts, and the output */
export async function brokenVerdicts(
  scenario: Scenario,
  seconds = SHORT_S,
): Promise<{ broken: number; report: string }> {
  const report: string[] = [];
  const print = (line: string) => report.push(line);
  const verdicts = await runScenario(scenario, { seed: 1, seconds, print });
  return { broken: verdicts.filter(({ holds }) => !holds).length, report: report.join('\n') };
}
