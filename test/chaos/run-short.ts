import { runScenario, type Scenario } from './scenario.js';

/** Runs a scenario. @returns the number of broken verdicts, and the output */
export async function brokenVerdicts(
  scenario: Scenario,
  seconds: number,
): Promise<{ broken: number; report: string }> {
  const report: string[] = [];
  const print = (line: string) => report.push(line);
  const verdicts = await runScenario(scenario, { seed: 1, seconds, print });
  return { broken: verdicts.filter(({ holds }) => !holds).length, report: report.join('\n') };
}
