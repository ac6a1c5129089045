import { type Random, seeded } from '#city';

/** One way to break an installation, and the invariants that must still hold. */
export type Scenario = {
  name: string;
  description: string;
  run(context: Context): Promise<Verdict[]>;
};

export type Context = {
  /** picks the victim and the time */
  random: Random;
  /** duration of the load */
  seconds: number;
  /** prints one line about what was done or measured */
  log(line: string): void;
};

export type Verdict = { holds: boolean; line: string };

/** Checks an upper bound. A value that could not be measured is NaN or infinite and exceeds it. */
export const atMost = (what: string, found: number, bound: number): Verdict =>
  verdict(found <= bound, `${what}: ${found}, at most ${bound}`);

export const atLeast = (what: string, found: number, bound: number): Verdict =>
  verdict(found >= bound, `${what}: ${found}, at least ${bound}`);

export const none = (what: string, found: number): Verdict => atMost(what, found, 0);

const verdict = (holds: boolean, text: string): Verdict => ({
  holds,
  line: `${holds ? 'held  ' : 'BROKEN'}  ${text}`,
});

/** Runs one scenario and prints it. */
export async function runScenario(
  scenario: Scenario,
  { seed, seconds, print }: { seed: number; seconds: number; print: (line: string) => void },
): Promise<Verdict[]> {
  print(`\n== ${scenario.name}, seed ${seed}, ${seconds} s: ${scenario.description}`);
  const log = (line: string) => print(`   ${line}`);
  const verdicts = await scenario.run({ random: seeded(seed), seconds, log });
  for (const { line } of verdicts) print(line);
  return verdicts;
}
