// Console output: short lines about progress, durations and errors.

const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);
export const [bold, dim, red, green, cyan] = [1, 2, 31, 32, 36].map(paint);

// A closed terminal makes every write fail; stopping the children matters more than reporting it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** An error whose message is sufficient: printed without a stack. */
export class Failure extends Error {}

export const print = (line) => process.stdout.write(`${line}\n`);
export const printError = (line) => process.stderr.write(`${line}\n`);
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Prints what is being done, and the duration when it exceeds a second. */
export async function step(text, work, log = print) {
  const from = Date.now();
  log(`${text} ...`);
  const result = await work();
  const took = Date.now() - from;
  if (took > 1000) log(dim(`  done in ${seconds(took)}`));
  return result;
}

/** Prints an error: one line for a Failure, the stack for a bug. */
export const report = (error) =>
  printError(red(error instanceof Failure ? error.message : (error?.stack ?? String(error))));
